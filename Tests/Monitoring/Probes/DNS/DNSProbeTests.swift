import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// Against Debian's knotd.
@Suite struct DNSProbeTests {
    private func ask(
        _ query: String, _ type: DNSRecordType, of server: NameServer,
        _ change: (inout DNSCheck) -> Void = { _ in }
    ) async throws -> CheckResult {
        try await withProbeTools { tools in
            var check = DNSCheck()
            check.query = query
            check.recordType = type
            check.server = NameServer.address
            check.serverPort = server.port
            change(&check)
            try check.validate()
            return await check.makeProbe(tools).run(timeout: .seconds(20))
        }
    }

    private func value(_ label: String, _ result: CheckResult) -> Double? {
        result.measurements.first { $0.label == label }?.value
    }

    @Test func `every type of record is asked for and its answers are compared`() async throws {
        let server = try NameServer()
        let expected: [(String, DNSRecordType, [String])] = [
            ("www.example.test", .a, ["192.0.2.10", "192.0.2.11"]),
            ("www.example.test.", .aaaa, ["2001:DB8:0::10"]),
            ("web.example.test", .cname, ["www.example.test."]),
            ("web.example.test", .a, ["192.0.2.10", "192.0.2.11"]),
            ("example.test", .mx, ["10 mail.example.test", "20 backup.EXAMPLE.test"]),
            ("example.test", .ns, ["ns1.example.test", "ns2.example.test"]),
            ("example.test", .txt, ["v=spf1 -all"]),
            ("example.test", .caa, ["0 issue \"ca.example.net\""]),
            ("_sip._tcp.example.test", .srv, ["0 5 5060 sip.example.test"]),
            ("10.2.0.192.in-addr.arpa.example.test", .ptr, ["www.example.test"]),
            (
                "example.test", .soa,
                ["ns1.example.test hostmaster.example.test 2026112101 3600 600 86400 60"]
            ),
        ]
        for (query, type, answers) in expected {
            let result = try await ask(query, type, of: server) {
                $0.expectAnswers = answers
                $0.answersMatch = .exactly
                $0.expectAuthoritative = true
            }
            #expect(result.state == .ok, "\(type): \(result.output)")
            #expect(value("answers", result) == Double(answers.count))
            #expect(result.phases.map(\.name) == ["lookup", "answer"])
        }
    }

    @Test func `time, answers, the shortest life and the serial are measured`() async throws {
        let server = try NameServer()
        let result = try await ask("example.test", .soa, of: server) {
            $0.minSerial = 2_026_112_101
        }
        #expect(result.state == .ok)
        #expect(value("serial", result) == 2_026_112_101)
        #expect(value("ttl_min", result) == 300)
        #expect(value("dns_rcode", result) == 0)
        let time = try #require(value("time_total", result))
        #expect(time > 0 && time < 20)
        let behind = try await ask("example.test", .soa, of: server) {
            $0.minSerial = 2_026_112_102
        }
        #expect(behind.state == .critical)
        #expect(behind.output.hasSuffix(": the serial 2026112101 is behind 2026112102"))
    }

    @Test func `a name that does not exist is critical, and well when it is expected`() async throws
    {
        let server = try NameServer()
        let found = try await ask("nowhere.example.test", .a, of: server)
        #expect(found.state == .critical)
        #expect(found.output.hasPrefix("A nowhere.example.test is NXDOMAIN in "))
        #expect(found.output.hasSuffix(": expected NOERROR"))
        let expected = try await ask("nowhere.example.test", .a, of: server) {
            $0.expectRcode = .nxdomain
        }
        #expect(expected.state == .ok)
        let refused = try await ask("example.org", .a, of: server)
        #expect(refused.state == .critical)
        #expect(refused.output.hasPrefix("A example.org is REFUSED in "))
    }

    @Test func `a name without such a record has no answers`() async throws {
        let server = try NameServer()
        let result = try await ask("www.example.test", .mx, of: server)
        #expect(result.state == .critical)
        #expect(result.output.hasSuffix(": expected 1 answer at least"))
        let expected = try await ask("www.example.test", .mx, of: server) { $0.minAnswers = 0 }
        #expect(expected.state == .ok)
        #expect(expected.output.hasPrefix("MX www.example.test has no answers in "))
    }

    @Test func `missing and strange answers are named`() async throws {
        let server = try NameServer()
        func output(_ match: DNSAnswerMatch, _ answers: [String]) async throws -> CheckResult {
            try await ask("www.example.test", .a, of: server) {
                $0.expectAnswers = answers
                $0.answersMatch = match
            }
        }
        #expect(try await output(.any, ["192.0.2.99", "192.0.2.11"]).state == .ok)
        #expect(
            try await output(.any, ["192.0.2.98", "192.0.2.99"]).output
                .hasSuffix(": expected 192.0.2.98 or 192.0.2.99"))
        #expect(try await output(.all, ["192.0.2.11"]).state == .ok)
        #expect(
            try await output(.all, ["192.0.2.11", "192.0.2.99"]).output
                .hasSuffix(": missing: 192.0.2.99"))
        #expect(
            try await output(.exactly, ["192.0.2.11"]).output
                .hasSuffix(": not expected: 192.0.2.10"))
    }

    @Test func `an answer that fits no packet comes by TCP, and TCP is asked at once on request`()
        async throws
    {
        let server = try NameServer()
        let large = try await ask("large.example.test", .txt, of: server)
        #expect(large.state == .ok, "\(large.output)")
        #expect(value("answers", large) == 1)
        let direct = try await ask("www.example.test", .a, of: server) { $0.transport = .tcp }
        #expect(direct.state == .ok)
    }

    @Test func `too many answers are critical, and few of them are shown`() async throws {
        let server = try NameServer()
        let result = try await ask("many.example.test", .a, of: server) { $0.maxAnswers = 59 }
        #expect(result.state == .critical)
        #expect(result.output.contains(" and 57 more answers in "))
        #expect(result.output.hasSuffix(": expected 59 answers at most, not 60"))
    }

    @Test func `a server by name is looked up; one that is not there refuses or cannot be found`()
        async throws
    {
        let port = try FreePort.find(on: "127.0.0.1")
        for transport in DNSTransport.allCases {
            let result = try await withProbeTools { tools in
                var check = DNSCheck()
                check.query = "example.test"
                check.server = "localhost"
                check.serverPort = port
                check.transport = transport
                return await check.makeProbe(tools).run(timeout: .seconds(20))
            }
            #expect(result.state == .critical)
            #expect(result.output == "localhost port \(port): connection refused or closed")
        }
        let lost = try await withProbeTools { tools in
            var check = DNSCheck()
            check.query = "example.test"
            check.server = "no-such-host.invalid"
            return await check.makeProbe(tools).run(timeout: .seconds(20))
        }
        #expect(lost.state == .unknown)
        #expect(lost.output.hasPrefix("Cannot ask for A example.test: cannot look up no-such-host"))
    }

    @Test func `a cancelled probe ends at once`() async throws {
        let server = try BadNameServer()
        try await withProbeTools { tools in
            var check = DNSCheck()
            check.query = "silent.test"
            check.server = "127.0.0.1"
            check.serverPort = server.port
            let probe = check.makeProbe(tools)
            let task = Task { await probe.run(timeout: .seconds(60)) }
            task.cancel()
            #expect(await task.value.state == .unknown)
        }
    }
}
