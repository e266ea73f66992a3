import OpsJSONRPC
import TestClient
import Testing

/// From a web server that stops to the page that says what to do about it.
@Suite("The service desk", .timeLimit(.minutes(3)))
struct ServiceDeskTests {
    private static let configuration: JSON = [
        "schema": 1,
        "plugins": [
            ["name": "inventory"],
            ["name": "monitoring", "config": ["min_interval_ms": 10]],
            [
                "name": "ticketing",
                "config": ["intake": [["labels": ["env": "production"], "joins": "item"]]],
            ],
        ],
    ]

    /// Asks again and again until the answer is as the test waits for.
    private func answer(
        _ client: TestClient, _ method: String, _ params: JSON.Object, until isSo: (JSON) -> Bool
    ) async throws -> JSON {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var answer = JSON.null
        while ContinuousClock.now < end {
            answer = try await client.call(method, params)
            if isSo(answer) { return answer }
        }
        throw TestFailure("\(method) still answers \(answer.text)")
    }

    private func prepare(_ client: TestClient, _ url: String) async throws {
        let shop = try await client.call(
            "service.create", ["name": "web shop", "criticality": 1])
        _ = try await client.call("ci.create", ["name": "web1", "class": "server"])
        _ = try await client.call(
            "ci.create", ["name": "storefront", "class": "application", "service": "web shop"])
        _ = try await client.call(
            "ci.relate", ["ci": "storefront", "rel": "runs_on", "to": ["web1"]])
        let now = try #require(shop["created_at"]?.string.flatMap { Instant($0) })
        func ago(_ hours: Int) -> String { (now - .seconds(hours * 3600)).description }
        // Two changes that another desk has made: yesterday, and long ago.
        let changes = """
            source,kind,title,state,resolution,created_at,closed_at,items
            old:1,change,A new certificate,closed,done,\(ago(90)),\(ago(20)),web1
            old:2,change,A bigger disk,closed,done,\(ago(9000)),\(ago(8000)),web1
            """
        _ = try await client.call("ticket.import", ["text": .string(changes)])
        _ = try await client.call(
            "check.create",
            [
                "name": "web", "type": "http", "url": .string(url), "interval_ms": 50,
                "retry_interval_ms": 50, "max_attempts": 2,
                "labels": ["env": "production", "ci": "web1"],
            ])
        _ = try await answer(client, "check.get", ["check": "web"]) { $0["state"] == "ok" }
    }

    @Test func `a file as large as may be goes over by the command line, and comes back`()
        async throws
    {
        try await Daemon.run(["schema": 1, "plugins": [["name": "ticketing"]]]) { daemon in
            _ = try await daemon.connect().call("ticket.create", ["title": "It dumps core."])
            let text = String(repeating: "core", count: 750_000)
            let whole = try daemon.folder.write(text, to: "core.dump")
            let taken = try await daemon.opsloop(
                "ticket", "attach", "INC-1", "core.dump", "--content", "@" + whole, "--output",
                "json")
            #expect(taken.json["size"] == 3_000_000, "\(taken.errors)")
            let shown = try await daemon.opsloop("ticket", "attachment", "get", "attachment:1")
            #expect(shown.exit == 0 && shown.output == text, "\(shown.errors)")
            let larger = try daemon.folder.write(text + "x", to: "larger.dump")
            let refused = try await daemon.opsloop(
                "ticket", "attach", "INC-1", "core.dump", "--content", "@" + larger)
            #expect(refused.exit == 1)
            #expect(refused.errors.contains("has more than 3000000 bytes"), "\(refused.errors)")
        }
    }

    @Test
    func `a stopped web server becomes a ticket whose page says what depends on it`()
        async throws
    {
        try await WebServer.run { server in
            try await Daemon.run(Self.configuration) { daemon in
                let client = try daemon.connect()
                try await prepare(client, server.url)
                await server.stop()
                let incidents: JSON.Object = ["kind": "incident"]
                let list = try await answer(client, "ticket.list", incidents) {
                    $0["items"]?.array?.isEmpty == false
                }
                #expect(list["items"]?.array?.count == 1)
                #expect(list["items"]?[0]?["title"] == "web is critical")

                let shown = try await daemon.opsloop("ticket", "show", "INC-1")
                #expect(shown.exit == 0, "\(shown.errors)")
                let parts = [
                    "INC-1", "web is critical", "storefront", "web shop", "CHG-1",
                    "A new certificate",
                ]
                for part in parts {
                    #expect(shown.output.contains(part), "\(part) in \(shown.output)")
                }
                #expect(shown.output.contains("CHG-1  suspect  A new certificate  closed, "))
                #expect(!shown.output.contains("CHG-2"))
                let page = try await client.call("ticket.context", ["ticket": "INC-1"])
                #expect(page["affects"] == ["ci:1"])
                #expect(page["changes"]?.array?.map { $0["ref"] } == ["ticket:CHG-1"])
                #expect(page["changes"]?[0]?["reason"] == "changes ci:1")
                let sections = (page["contributions"]?.array ?? []).compactMap {
                    $0["section"]?.string
                }
                #expect(Set(sections).isSuperset(of: ["inventory", "impact", "checks"]))

                // A power failure opens no second ticket, and the recovery ends the first.
                try await daemon.crash()
                try await daemon.start()
                try await server.start()
                let again = try daemon.connect()
                let resolved = try await answer(again, "ticket.get", ["ticket": "INC-1"]) {
                    $0["ticket"]?["state"] == "resolved"
                }
                #expect(resolved["ticket"]?["resolution_code"] == "recovered")
                let all = try await again.call("ticket.list", incidents)
                #expect(all["items"]?.array?.count == 1)
            }
        }
    }
}
