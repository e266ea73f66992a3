import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// A value that vanishes never reads as recovery.
@Suite struct MissingValueTests {
    private func wish(
        _ server: ExpositionServer, _ assertions: JSON, _ policy: String?
    ) -> CreateCheck {
        MonitoringFixture.wish("node", on: "") { wish in
            wish.type = PrometheusCheck.kind
            wish.maxAttempts = 1
            wish.members = [
                "url": .string(server.url("/file/a.txt")), "instance": "one",
                "assertions": assertions,
            ]
            if let policy { wish.members["on_missing"] = .string(policy) }
        }
    }

    /// What the check is after a scrape of a text.
    private func look(
        at text: String, from server: ExpositionServer, in fixture: MonitoringFixture
    ) async throws -> String {
        try server.expose("a.txt", text)
        await fixture.time.advance(by: .seconds(1))
        return try await fixture.service.run("node", for: MonitoringFixture.call).status
    }

    @Test(arguments: [
        (nil, "unknown hard 1"), ("keep", "critical hard 1"), ("unknown", "unknown hard 1"),
        ("critical", "critical hard 1"), ("ok", "ok hard 1"),
    ])
    func `A judged value that vanishes is what the check says, and counts when it is back`(
        policy: String?, expected: String
    ) async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "load 9\nother 1\n")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(
                wish(server, [["select": "load", "less": 5, "greater": 0]], policy))
            await fixture.service.settle()
            #expect(try await fixture.status("node") == "critical hard 1")
            #expect(try await look(at: "other 1\n", from: server, in: fixture) == expected)
            // NaN is no figure.
            #expect(
                try await look(at: "load NaN\nother 1\n", from: server, in: fixture) == expected)
            #expect(
                try await look(at: "load 2\nother 1\n", from: server, in: fixture) == "ok hard 1")
        }
    }

    @Test func `One of several that was bad and is gone is missed, one that was well is not`()
        async throws
    {
        let server = try ExpositionServer()
        let text = "disk{d=\"a\"} 99\ndisk{d=\"b\"} 10\ndisk{d=\"c\"} 10\n"
        try server.expose("a.txt", text)
        try await MonitoringFixture.run { fixture in
            try await fixture.create(wish(server, [["select": "disk", "less": 90]], nil))
            await fixture.service.settle()
            #expect(try await fixture.status("node") == "critical hard 1")
            let output = try await fixture.service.get("node")["output"]?.string ?? ""
            #expect(
                output.contains("assertions[0]: disk{d=\"a\",instance=\"one\"} is 99, not below 90")
            )
            #expect(
                try await look(at: "disk{d=\"c\"} 10\n", from: server, in: fixture)
                    == "unknown hard 1")
            let missing = try await fixture.service.get("node")["output"]?.string ?? ""
            #expect(missing.hasSuffix("disk{d=\"a\",instance=\"one\"}, which was bad, is gone"))
            // What is bad beside it is bad.
            #expect(
                try await look(at: "disk{d=\"c\"} 95\n", from: server, in: fixture)
                    == "critical hard 1")
            #expect(
                try await look(
                    at: "disk{d=\"a\"} 5\ndisk{d=\"c\"} 5\n", from: server, in: fixture)
                    == "ok hard 1")
        }
    }

    @Test func `An assertion can warn, and be about presence alone`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "up 1\n")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(
                wish(
                    server,
                    [
                        ["select": "up", "equals": 0, "state": "warning"],
                        ["select": "{job=\"x\"}"],
                    ], "ok"))
            await fixture.service.settle()
            #expect(try await fixture.status("node") == "ok hard 1")
            #expect(
                try await look(at: "up 1\na{job=\"x\"} 1\n", from: server, in: fixture)
                    == "warning hard 1")
        }
    }

    @Test func `A value that an HTTP answer lacks is missing, a body that is no JSON is bad`()
        throws
    {
        func judge(_ body: String, _ assertions: [JSON]) throws -> CheckResult {
            var exchange = HTTPExchange()
            exchange.status = 200
            exchange.body = Array(body.utf8)
            let fields = FieldSet(HTTPAssertion.self)
            let wanted = HTTPExpectations(
                status: [try #require(ExpectedStatus("200"))],
                assertions: try assertions.map { try fields.decode($0).ready() })
            return wanted.judge(
                exchange, findings: wanted.findings(in: exchange), now: Instant(milliseconds: 0))
        }
        let queue: JSON = ["on": "json", "json_path": "$.queue", "less": 5]
        #expect(try judge("{\"queue\":9}", [queue]).isMissing == false)
        let gone = try judge("{}", [queue])
        #expect(gone.isMissing && gone.state == .critical)
        #expect(StateRules(onMissing: .keep).state(of: gone) == nil)
        #expect(StateRules().state(of: gone) == .critical)
        #expect(try judge("{", [queue]).isMissing == false)
        let both: [JSON] = [queue, ["on": "json", "json_path": "$.n", "equals": 1]]
        #expect(try judge("{\"n\":2}", both).isMissing == false)
        #expect(try judge("{\"n\":1}", both).isMissing)
        // Who asks for presence is told of absence.
        let present: JSON = ["on": "json", "json_path": "$.queue", "exists": true]
        #expect(try judge("{}", [present]).isMissing == false)
        let header: JSON = ["on": "header", "header": "age", "less": 5]
        #expect(try judge("{}", [header]).isMissing)
    }
}
