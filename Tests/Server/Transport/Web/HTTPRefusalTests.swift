import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// What is refused, with which status, and what becomes of the connection.
@Suite("HTTP refusals", .timeLimit(.minutes(2)))
struct HTTPRefusalTests {
    @Test func `a call without a good token is not carried out`() async throws {
        try await WebFixture.run { web in
            let good = web.authorization
            for bad in [
                "", "Authorization: Basic abc\r\n", "Authorization: Bearer \r\n",
                "Authorization: Bearer nonsense\r\n",
                good.replacing("opsl1_", with: "opsl1_A", maxReplacements: 1),
            ] {
                let client = try web.connect()
                try await client.send(
                    web.post(WebFixture.ping).replacing(good, with: bad, maxReplacements: 1))
                let reply = try await client.answer()
                #expect(reply?.status == 401, "\(bad)")
                #expect(reply?.headers["www-authenticate"] == #"Bearer realm="opsloop""#)
                #expect(reply?.error?.kind == "unauthenticated")
                // The body that was not wanted is skipped, and the connection goes on.
                try await client.send(web.post(WebFixture.ping))
                #expect(try await client.answer()?.status == 200)
            }
        }
    }

    @Test func `a revoked token is worth nothing`() async throws {
        try await WebFixture.run { web in
            let token = try await web.makeToken(["name": "short", "role": "viewer"])
            let client = try web.connect()
            try await client.send(web.post(WebFixture.ping, token: token))
            #expect(try await client.answer()?.status == 200)
            let tokens = try await web.platform.call("token.list")["items"]?.array ?? []
            let ref = tokens.first { $0["name"] == "short" }?["ref"] ?? .null
            _ = try await web.platform.call("token.revoke", ["token": ref])
            try await client.send(web.post(WebFixture.ping, token: token))
            #expect(try await client.answer()?.status == 401)
        }
    }

    @Test func `denials are in the audit log`() async throws {
        try await WebFixture.run { web in
            _ = try await web.ask(
                web.post(WebFixture.ping).replacing(web.token, with: "nonsense"))
            let end = ContinuousClock.now + .seconds(TestClient.patience)
            var rows: [JSON] = []
            while rows.isEmpty, ContinuousClock.now < end {
                let all = try await web.platform.call("audit.list")["items"]?.array ?? []
                rows = all.filter { $0["action"] == "denied" }
            }
            #expect(rows.first?["principal"] == "address:127.0.0.1")
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost:1234", "LocalHost", "[::1]:80", "ops.example.org"])
    func `a name of ours is answered to`(host: String) async throws {
        try await WebFixture.run(["hosts": ["ops.example.org"]]) { web in
            let request = web.post(WebFixture.ping).replacing(
                "Host: 127.0.0.1", with: "Host: \(host)")
            let reply = try await web.ask(request)
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: [
        "evil.example.org", "127.0.0.1.evil.example.org", "10.0.0.1", "localhost.", "localhost:8x",
        "user@localhost", "[::1", "[::2]",
    ])
    func `a stranger's name is not answered to`(host: String) async throws {
        try await WebFixture.run { web in
            let request = web.post(WebFixture.ping).replacing(
                "Host: 127.0.0.1", with: "Host: \(host)")
            let reply = try await web.ask(request)
            #expect(reply.status == 403)
            #expect(reply.error?.kind == "forbidden")
        }
    }

    @Test func `a page of a stranger may not call, one that is listed may`() async throws {
        try await WebFixture.run(["origins": ["https://ops.example.org"]]) { web in
            for origin in ["https://evil.example.org", "null", "http://ops.example.org"] {
                let reply = try await web.ask(
                    web.post(WebFixture.ping, headers: "Origin: \(origin)\r\n"))
                #expect(reply.status == 403)
                #expect(reply.headers["access-control-allow-origin"] == nil)
            }
            let origin = "Origin: https://ops.example.org\r\n"
            let reply = try await web.ask(web.post(WebFixture.ping, headers: origin))
            #expect(reply.status == 200)
            #expect(reply.headers["access-control-allow-origin"] == "https://ops.example.org")
            let question = try await web.ask(
                "OPTIONS /rpc HTTP/1.1\r\nHost: localhost\r\n\(origin)\r\n")
            #expect(question.status == 204)
            #expect(question.headers["access-control-allow-methods"] == "POST")
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
    func `a body of another type is refused`(type: String) async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(
                web.post(WebFixture.ping).replacing("application/json", with: type))
            let reply = try await client.answer()
            #expect(reply?.status == 415)
            #expect(reply?.headers["accept-post"] == "application/json")
            try await client.send(
                web.post(WebFixture.ping).replacing(
                    "application/json", with: "Application/JSON; charset=utf-8"))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test(arguments: [
        ("GET /rpc", 405), ("DELETE /rpc", 405), ("OPTIONS /rpc", 405), ("POST /healthz", 405),
        ("GET /nothing", 404), ("GET /", 404), ("GET /ws", 426), ("GET /rpc/", 404),
        ("GET /healthz/../rpc", 405),
    ])
    func `what is not there, and not that way, is said`(line: String, status: Int) async throws {
        try await WebFixture.run { web in
            let length = line.hasPrefix("POST") ? "Content-Length: 0\r\n" : ""
            let client = try web.connect()
            try await client.send("\(line) HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n")
            let reply = try await client.answer()
            #expect(reply?.status == status)
            #expect((reply?.headers["allow"] != nil) == (status == 405))
            try await client.send(web.post(WebFixture.ping))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test func `a body that is too long is refused before it is sent`() async throws {
        try await WebFixture.run(limits: { $0.maxFrameBytes = 2000 }) { web in
            let client = try web.connect()
            let body = WebFixture.ping + String(repeating: " ", count: 3000)
            let request = web.post(body)
            try await client.send(String(request.dropLast(body.count)))
            let reply = try await client.answer()
            #expect(reply?.status == 413)
            #expect(reply?.error?.code == 1009)
            // The rest of it is skipped.
            try await client.send(body)
            // The server has read that when it has answered somebody else, twice to be sure.
            for _ in 1...2 { try await web.expectAlive() }
            try await client.send(web.post(WebFixture.ping))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test func `a body without a length ends the connection`() async throws {
        try await WebFixture.run { web in
            for headers in ["", "Transfer-Encoding: chunked\r\n"] {
                let client = try web.connect()
                try await client.send(
                    "POST /rpc HTTP/1.1\r\nHost: localhost\r\n\(web.authorization)"
                        + "Content-Type: application/json\r\n\(headers)\r\n2e\r\n\(WebFixture.ping)"
                )
                let reply = try await client.answer()
                #expect(reply?.status == 411)
                #expect(reply?.headers["connection"] == "close")
                #expect(try await client.rest() == [])
            }
        }
    }

    @Test(arguments: [
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: -1\r\n", "Content-Length: +47\r\n", "Content-Length: 0x2f\r\n",
        "Content-Length: 47, 47\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 47\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 47\r\n",
        "Host: localhost\r\nContent-Length: 47\r\n",
        "Authorization: Bearer x\r\nContent-Length: 47\r\n",
    ])
    func `a request that can be read in two ways is refused and nothing after it is read`(
        headers: String
    ) async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            let smuggled = web.post(#"{"jsonrpc":"2.0","id":9,"method":"puppet.announce"}"#)
            try await client.send(
                "POST /rpc HTTP/1.1\r\nHost: localhost\r\n\(web.authorization)"
                    + "Content-Type: application/json\r\n\(headers)\r\n" + smuggled)
            let reply = try await client.answer()
            #expect([400, 411].contains(reply?.status))
            #expect(reply?.headers["connection"] == "close")
            #expect(try await client.rest() == [])
            #expect(try await web.platform.call("event.read")["items"]?.array?.count == 0)
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n",
        "GET /healthz\r\nHost: localhost\r\n\r\n", "\r\n\r\n", "\0\0\0\0", "PRI * HTTP/2.0\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\n"
            + "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
    ])
    func `what is no request harms nobody`(text: String) async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(text)
            client.endSending()
            let rest = String(decoding: try await client.rest(), as: UTF8.self)
            let status = rest.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            #expect(rest.isEmpty || (400...505).contains(status ?? 0), "\(rest)")
            try await web.expectAlive()
        }
    }

    @Test(arguments: ["Cookie", "X-Anything", "Authorization"])
    func `a head that is too long is refused`(name: String) async throws {
        try await WebFixture.run(["max_header_bytes": 4096]) { web in
            let client = try web.connect()
            let long = "\(name): Bearer \(String(repeating: "c", count: 8000))\r\n"
            try await client.send(web.get("/healthz", headers: long))
            #expect(try await client.answer()?.status == 431)
            #expect(try await client.rest() == [])
            let many = (1...400).map { "X-\($0): some value\r\n" }.joined()
            let other = try web.connect()
            try await other.send(web.get("/healthz", headers: many))
            #expect(try await other.answer()?.status == 431)
            try await web.expectAlive()
        }
    }
}
