import OpsJSONRPC
import Testing

@testable import OpsMonitoring

@Suite struct DNSRulesTests {
    private func rules(_ type: DNSRecordType = .a, seconds: Limits = Limits()) -> DNSRules {
        DNSRules(
            question: DNSQuestion("example.org", type), server: nil, responseCode: .noerror,
            answers: [], match: .all, counts: 1...Int.max, minSerial: 4_294_967_290,
            needsAuthority: true, seconds: seconds)
    }

    private func message(_ records: DNSRecord...) -> DNSMessage {
        var message = DNSMessage()
        message.answers = records
        message.isAuthoritative = true
        return message
    }

    @Test func `a serial that went round is later`() {
        let record = DNSRecord(name: "example.org", type: 6, ttl: 1, text: "soa", serial: 5)
        #expect(rules(.soa).judge(DNSOutcome(ending: .answered(message(record)))).state == .ok)
    }

    @Test func `slow answers and those of no authority are problems, the worst first`() {
        var answer = message(DNSRecord(name: "", type: 1, ttl: 1, text: "192.0.2.1"))
        answer.isAuthoritative = false
        let result = rules(seconds: Limits(warning: 0.1)).judge(
            DNSOutcome(ending: .answered(answer), seconds: 0.2))
        #expect(result.state == .critical)
        #expect(
            result.output
                == "A example.org is 192.0.2.1 in 200 ms: the server has no authority for it; "
                + "slower than 100 ms")
    }

    @Test func `an answer's text cannot steer a terminal`() {
        let record = DNSRecord(name: "", type: 16, ttl: 1, text: "a\u{1B}[2Jb")
        let result = rules(.txt).judge(DNSOutcome(ending: .answered(message(record))))
        #expect(result.output.hasPrefix("TXT example.org is a[2Jb in "))
    }

    @Test(
        arguments: [
            ("192.0.2.10", "10.2.0.192.in-addr.arpa"),
            (
                "2001:db8::1",
                "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
            ),
            ("example.org.", "example.org"),
        ])
    func `an address is asked for by its reverse name`(text: String, name: String) {
        #expect(DNSQuestion(text, .ptr).name == name)
    }

    @Test(
        arguments: [
            ("a..b", "query"), ("exämple.org", "query"), ("a b", "query"),
            (String(repeating: "x", count: 64), "query"),
        ])
    func `a name that cannot be asked for is refused`(query: String, field: String) {
        var check = DNSCheck()
        check.query = query
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(error?.fields.map(\.path) == [field])
    }

    @Test func `members that contradict each other are refused by name`() {
        var check = DNSCheck()
        check.query = "example.org"
        check.expectRcode = .nxdomain
        check.expectAnswers = ["192.0.2.1", "::1"]
        check.minAnswers = 5
        check.maxAnswers = 4
        check.minSerial = 1
        check.slowWarningMs = 2
        check.slowCriticalMs = 1
        let error = #expect(throws: RPCError.self) { try check.validate() }
        #expect(
            error?.fields.map(\.path) == [
                "expect_answers[1]", "expect_answers", "max_answers", "min_serial",
                "slow_warning_ms",
            ])
    }

    @Test func `expected answers of each type must look like one`() {
        let wrong: [(DNSRecordType, String)] = [
            (.aaaa, "192.0.2.1"), (.cname, "a b"), (.mx, "mail.example.org"), (.srv, "0 5 sip"),
            (.soa, "1"), (.caa, "issue ca"), (.txt, ""), (.a, "example.org"),
        ]
        for (type, text) in wrong { #expect(DNSAnswer.problem(text, type) != nil, "\(type)") }
    }

    @Test func `a message cut anywhere or changed anywhere is refused or read, and never worse`() {
        var bytes: [UInt8] = [0, 1, 0x84, 0, 0, 1, 0, 2, 0, 0, 0, 0]
        bytes += [1, 0x61, 0, 0, 6, 0, 1]
        bytes += [0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 24, 0xC0, 12, 0xC0, 12]
        bytes += [0, 0, 0, 7] + [UInt8](repeating: 1, count: 16)
        bytes += [0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 4, 3, 0x78, 0x79, 0x7A]
        let whole = try? DNSMessage(parsing: bytes)
        #expect(whole?.answers.map(\.serial) == [7, nil])
        #expect(whole?.answers.last?.text == "xyz")
        for length in 0..<bytes.count {
            #expect(throws: DNSMessage.Malformed.self) {
                try DNSMessage(parsing: Array(bytes.prefix(length)))
            }
        }
        for index in bytes.indices {
            for value in [0, 1, 63, 64, 191, 192, 255] as [UInt8] {
                var changed = bytes
                changed[index] = value
                _ = try? DNSMessage(parsing: changed)
            }
        }
    }
}
