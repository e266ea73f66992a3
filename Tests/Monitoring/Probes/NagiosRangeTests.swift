import Testing

@testable import OpsMonitoring

@Suite struct NagiosRangeTests {
    @Test(arguments: ["10", "10:", "~:10", "10:20", "@10:20", "-5:5.25", "0:", "@~:0", "@1.5"])
    func `a range is written as it is read`(text: String) throws {
        #expect(try #require(NagiosRange(text)).description == text)
    }

    @Test(
        "A range alerts as the plugin guidelines say",
        arguments: [
            ("10", [-1, 10.5], [0, 5, 10]),
            ("10:", [9.9, -20], [10, 11, 1e9]),
            ("~:10", [10.1], [-1e9, 0, 10]),
            ("10:20", [9.9, 20.1], [10, 15, 20]),
            ("@10:20", [10, 15, 20], [9.9, 20.1]),
            ("@20", [0, 20], [-0.1, 20.1]),
            ("-5:5", [-5.1, 5.1], [-5, 0, 5]),
            ("~:", [], [-1e9, 1e9]),
            ("0:1e3", [1000.5], [1000]),
            (":7", [7.5, -0.5], [0, 7]),
        ])
    func alerts(text: String, bad: [Double], good: [Double]) throws {
        let range = try #require(NagiosRange(text))
        #expect(bad.allSatisfy(range.alerts))
        #expect(!good.contains(where: range.alerts))
    }

    @Test(arguments: [
        "", "@", "20:10", "a", "1:2:3", "1,5", "~", "10:~", "0x10", "inf", "nan:", " 1",
    ])
    func `what is no range is refused`(text: String) {
        #expect(NagiosRange(text) == nil)
    }

    @Test func `scaling moves both ends and leaves the open ones open`() throws {
        let range = try #require(NagiosRange("@10:20")?.scaled(by: 1000))
        #expect(range == NagiosRange(start: 10_000, end: 20_000, alertsInside: true))
        #expect(try #require(NagiosRange("~:5")).scaled(by: 2).start == -.infinity)
        #expect(try #require(NagiosRange("5:")).scaled(by: 2).end == .infinity)
    }
}
