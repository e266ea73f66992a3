import OpsCore
import OpsJSONRPC
import OpsWeb
import TestClient
import Testing

/// HTTP paths that plugins answer.
@Suite("Routes of plugins", .timeLimit(.minutes(2)))
struct WebRouteTests {
    @Test func `a request becomes a call of the plugin, and its result the answer`() async throws {
        try await WebFixture.run { web in
            let request = web.post(
                "hello", path: "/plugins/webhook/closed?a=1&b=x%20y&c",
                headers: "X-Hub-Signature-256: abc\r\n")
            let reply = try await web.ask(request)
            #expect(reply.status == 202)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.headers["x-made-by"] == "webhook")
            #expect(reply.json["method"] == "POST")
            #expect(reply.json["query"] == ["a": "1", "b": "x y", "c": ""])
            #expect(reply.json["body"] == "hello")
            #expect(reply.json["principal"]?.string?.hasPrefix("token:") == true)
            #expect(reply.json["headers"]?["x-hub-signature-256"] == "abc")
            // The token is nothing for the plugin.
            #expect(reply.json["headers"]?["authorization"] == nil)
            // A plugin can't break the answer.
            #expect(reply.headers["connection"] == nil)
            #expect(reply.headers["x-worse"] == nil)
        }
    }

    @Test func `a route needs a token unless it is public`() async throws {
        try await WebFixture.run { web in
            #expect(try await web.ask(web.get("/plugins/webhook/closed")).status == 401)
            let reply = try await web.ask(web.get("/plugins/webhook/open"))
            #expect(reply.status == 202)
            #expect(reply.json["principal"] == "address:127.0.0.1")
            let reader = try await web.makeToken(["name": "reader", "role": "viewer"])
            let refused = web.get(
                "/plugins/webhook/closed", headers: "Authorization: Bearer \(reader)\r\n")
            #expect(try await web.ask(refused).status == 403)
        }
    }

    /// Asks the plugin until it has counted as the test waits for.
    private func until(
        _ web: WebFixture, _ name: String, is count: Int
    ) async throws {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        while try await web.platform.call("webhook.release")[name]?.int != count {
            guard ContinuousClock.now < end else { throw TestFailure("\(name) is never \(count)") }
        }
    }

    @Test func `a plugin may take longer than a head may`() async throws {
        let time = ManualTime()
        try await WebFixture.run(["header_timeout_ms": 10_000], time: time) { web in
            let client = try web.connect()
            try await client.send(web.get("/plugins/webhook/slow"))
            try await until(web, "begun", is: 1)
            for _ in 1...15 { await time.advance(by: .seconds(1)) }
            _ = try await web.platform.call("webhook.release", ["one": true])
            #expect(try await client.answer()?.body == "at last")
        }
    }

    @Test func `a client that hangs up takes its call along`() async throws {
        let time = ManualTime()
        try await WebFixture.run(time: time) { web in
            let client = try web.connect()
            try await client.send(web.get("/plugins/webhook/slow"))
            try await until(web, "begun", is: 1)
            client.endSending()
            await time.advance(by: .seconds(1))
            try await until(web, "given_up", is: 1)
        }
    }

    @Test func `an answer without a body has none, so that the next one is understood`()
        async throws
    {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(web.post("nothing", path: "/plugins/webhook/open"))
            let reply = try await client.answer(hasBody: false)
            #expect(reply?.status == 204)
            for path in ["/rpc", "/", "/plugins/webhook/open"] {
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await client.answer(hasBody: false) != nil)
            }
            try await client.send(web.get("/healthz"))
            #expect(try await client.answer()?.json == ["ok": true])
        }
    }

    @Test func `nobody fills the memory without a token`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            let long = String(repeating: "x", count: 1_100_000)
            try await client.send(web.post(long, path: "/plugins/webhook/open", headers: ""))
            #expect(try await client.answer()?.status == 413)
            let known = try web.connect()
            try await known.send(web.post(long, path: "/plugins/webhook/closed"))
            #expect(try await known.answer()?.status == 202)
            let socket = try await WebSocketClient(web, headers: "")
            try await socket.raw.send(WebSocketClient.frame([UInt8](long.utf8.prefix(20_000))))
            #expect(try await socket.frame()?.closeCode == 1009)
        }
    }

    @Test func `a body that is no text and an error of the plugin arrive`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            let head =
                "POST /plugins/webhook/open HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n"
            try await client.send(Array(head.utf8) + [0xFF, 0, 0x41])
            #expect(try await client.answer()?.json["body"] == "ff0041")
            try await client.send(web.post("fail", path: "/plugins/webhook/open"))
            let reply = try await client.answer()
            #expect(reply?.status == 409)
            #expect(reply?.error?.message == "not now")
        }
    }

    @Test(arguments: [
        "/plugins/webhook/other", "/plugins/webhook", "/plugins/other/open", "/plugins/",
        "/plugins/webhook/open/more",
    ])
    func `a path that no plugin has is not there`(path: String) async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(web.get(path))
            #expect(reply.status == 404)
        }
    }
}
