import OpsJSONRPC
import TestClient
import Testing

/// The real daemon as clients see it that nobody here has written.
@Suite("Real clients", .timeLimit(.minutes(2)))
struct RealClientsTests {
    @Test(RealClients.pythonIsNeeded)
    func `jsonrpcclient calls over the Unix socket`() async throws {
        try await RealClients.run { clients in
            let outcome = try await clients.python(
                "socket_calls.py", clients.daemon.socket, clients.token)
            #expect(outcome.exit == 0, "\(outcome.errors)")
        }
    }

    @Test(RealClients.pythonIsNeeded)
    func `openrpc reads what rpc.discover says`() async throws {
        try await RealClients.run { clients in
            let document = try await clients.curl(
                "/rpc", "--header", "@\(clients.header)", "--json",
                #"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)
            let discovered = try #require(document.json["result"])
            try clients.daemon.folder.write(discovered.text, to: "openrpc.json")
            let outcome = try await clients.python(
                "openrpc_model.py", clients.daemon.folder.file("openrpc.json"))
            #expect(outcome.exit == 0, "\(outcome.errors)")
            let names = outcome.output.split(separator: "\n").map(String.init)
            #expect(names == discovered["methods"]?.array?.compactMap { $0["name"]?.string })
            #expect(names.contains("check.create"))
        }
    }

    @Test(RealClients.pythonIsNeeded)
    func `websockets subscribes and hears of an event`() async throws {
        try await RealClients.run { clients in
            let outcome = try await clients.python(
                "websocket_events.py", clients.address, clients.token)
            #expect(outcome.exit == 0, "\(outcome.errors)")
        }
    }

    @Test func `curl calls, one by one and many at once`() async throws {
        try await RealClients.run { clients in
            func post(_ text: String) async throws -> RealClients.Outcome {
                try await clients.curl("/rpc", "--header", "@\(clients.header)", "--json", text)
            }
            let call = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#
            let single = try await post(call)
            #expect(single.status == "200")
            #expect(single.json == ["jsonrpc": "2.0", "id": 1, "result": ["pong": true]])
            let batch = try await post("[\(call),7]")
            #expect(batch.json[0]?["result"] == ["pong": true])
            #expect(batch.json[1]?["error"]?["code"] == -32600)
            let notification = try await post(#"{"jsonrpc":"2.0","method":"system.ping"}"#)
            #expect(notification.status == "204" && notification.body.isEmpty)
            let broken = try await post("{")
            #expect(broken.json["error"]?["code"] == -32700)
        }
    }

    @Test func `curl needs a token to call and none to ask for health`() async throws {
        try await RealClients.run { clients in
            let call = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#
            let refused = try await clients.curl("/rpc", "--json", call)
            #expect(refused.status == "401" && refused.json["error"]?["code"] == 1001)
            for path in ["/healthz", "/readyz"] {
                #expect(try await clients.curl(path).status == "200", "\(path)")
            }
            #expect(try await clients.curl("/metrics").status == "401")
        }
    }

    @Test func `curl fetches the metrics`() async throws {
        try await RealClients.run { clients in
            let metrics = try await clients.curl("/metrics", "--header", "@\(clients.header)")
            #expect(metrics.status == "200")
            #expect(metrics.body.hasSuffix("\n# EOF\n") || metrics.body.hasSuffix("\n# EOF"))
            #expect(metrics.body.contains(#"opsloop_calls_total{method="system.stats"} 1"#))
        }
    }
}
