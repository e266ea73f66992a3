import OpsCore
import OpsJSONRPC
import OpsPattern
import Testing

@testable import OpsMonitoring

@Suite struct HTTPCheckTests {
    private func check(_ change: (inout HTTPCheck) -> Void) -> HTTPCheck {
        var check = HTTPCheck()
        check.url = "https://example.org/"
        change(&check)
        return check
    }

    private func refusal(_ change: (inout HTTPCheck) -> Void) -> [String]? {
        do throws(RPCError) {
            try check(change).validate()
            return nil
        } catch {
            return error.fields.map(\.path)
        }
    }

    @Test(arguments: [
        "http://localhost", "https://example.org:8443/a?b=c#d", "http://[::1]:80/",
        "HTTP://10.0.0.1/",
    ])
    func `an http or https address is accepted`(url: String) {
        #expect(refusal { $0.url = url } == nil)
    }

    @Test(arguments: [
        "", "localhost", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/",
        "http://user:secret@example.org/", "http://example.org:99999/",
    ])
    func `any other address is refused, and so is one with a password`(url: String) {
        #expect(refusal { $0.url = url } == ["url"])
    }

    @Test func `members that contradict each other are named, all at once`() {
        #expect(
            refusal {
                $0.headers = ["Bad\nName": "x", "X-Good": "y", "X-Bad": "a\r\nb"]
                $0.expectBodyRegex = "("
                $0.certWarningDays = 3
                $0.certCriticalDays = 14
                $0.slowWarningMs = 10
                $0.slowCriticalMs = 5
                $0.caFile = "ca.pem"
            } == [
                "headers.Bad\nName", "headers.X-Bad", "expect_body_regex", "cert_critical_days",
                "slow_warning_ms", "ca_file",
            ])
    }

    @Test func `back-references, which can take for ever, are refused`() {
        #expect(refusal { $0.expectBodyRegex = "(a*)\\1" } == ["expect_body_regex"])
        #expect(refusal { $0.expectBodyRegex = "a\\\\1" } == nil)
    }

    @Test func `a short pattern that stands for a very long one is refused`() {
        let pattern = "((a{1,100}){1,100}){1,100}"
        #expect(refusal { $0.expectBodyRegex = pattern } == ["expect_body_regex"])
    }

    @Test(arguments: [
        ("200", 200...200), ("200-399", 200...399), ("2xx", 200...299), ("5XX", 500...599),
    ])
    func `a status is a number, a range or a hundred`(text: String, range: ClosedRange<Int>) {
        #expect(ExpectedStatus(text)?.range == range)
    }

    @Test(arguments: [
        "", "99", "600", "299-200", "xxx", "9xx", "200-", "-200", "200-300-400", "ok",
    ])
    func `what is no status is refused`(text: String) {
        #expect(ExpectedStatus(text) == nil)
    }

    @Test func `statuses are read from numbers and text and written the same way`() throws {
        let json: JSON = [200, "300-399", "2xx"]
        let statuses = try json.decode([ExpectedStatus].self)
        #expect(statuses.map(\.range) == [200...200, 300...399, 200...299])
        #expect(try JSON(encoding: statuses).text == #"[200,"300-399","200-299"]"#)
    }

    @Test func `a body longer than the pattern takes is a complaint of its own`() throws {
        let pattern = try Pattern("(a{100}){9}b", .lines)
        let expectations = HTTPExpectations(pattern: pattern)
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: pattern.maxBytes + 1)
        let complaint = expectations.complaint(about: body, isCut: false)
        #expect(complaint?.contains("is too long for /(a{100}){9}b/") == true)
        let shorter = expectations.complaint(about: Array(body.prefix(900)), isCut: false)
        #expect(shorter == "the body does not match /(a{100}){9}b/")
    }
}
