import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// JSON-RPC by `POST /rpc`: what is answered, with which status.
@Suite("RPC over HTTP", .timeLimit(.minutes(2)))
struct RPCOverHTTPTests {
    @Test func `a call is answered`() async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(web.post(WebFixture.ping))
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.body == #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"# + "\n")
        }
    }

    @Test func `a call that takes its time is answered when it is done`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(web.post(#"{"jsonrpc":"2.0","id":1,"method":"puppet.hold"}"#))
            _ = try await web.platform.call("puppet.await_held", ["count": 1])
            _ = try await web.platform.call("puppet.release")
            #expect(try await client.answer()?.json["result"] == [:])
            // And the connection goes on.
            try await client.send(web.post(WebFixture.ping))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test func `a batch is answered as one`() async throws {
        try await WebFixture.run { web in
            let batch = """
                [{"jsonrpc":"2.0","id":1,"method":"system.ping"},
                 {"jsonrpc":"2.0","method":"system.ping"},
                 {"jsonrpc":"2.0","id":2,"method":"system.info"}, 1]
                """
            let reply = try await web.ask(web.post(batch))
            #expect(reply.status == 200)
            #expect(reply.json.array?.count == 3)
            #expect(reply.json[0]?["result"] == ["pong": true])
            #expect(reply.json[1]?["result"]?["version"] == "test")
            #expect(reply.json[2]?["error"]?["code"] == -32600)
        }
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"system.ping"}"#,
        #"{"jsonrpc":"2.0","method":"system.info"}"#,
        #"[{"jsonrpc":"2.0","method":"system.ping"},{"jsonrpc":"2.0","method":"system.info"}]"#,
    ])
    func `what wants no answer gets none, and the connection goes on`(body: String) async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(web.post(body))
            let reply = try await client.answer()
            #expect(reply?.status == 204)
            #expect(reply?.headers["content-length"] == nil)
            try await client.send(web.post(WebFixture.ping))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test(arguments: [("[{", -32700), ("", -32700), ("{}", -32600), ("[]", -32600), ("1", -32600)])
    func `an error of JSON-RPC is an answer like any other`(body: String, code: Int) async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(web.post(body))
            #expect(reply.status == 200)
            #expect(reply.error?.code == code)
        }
    }

    @Test func `a connection serves one request after the other`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            for number in 1...100 {
                let call = #"{"jsonrpc":"2.0","id":\#(number),"method":"system.ping"}"#
                try await client.send(web.post(call))
                #expect(try await client.answer()?.json["id"]?.int == number)
            }
            #expect(try await web.counter("accepted") == 1)
        }
    }

    @Test func `questions without a body that come all at once are answered in order`()
        async throws
    {
        try await WebFixture.run { web in
            let client = try web.connect()
            let paths = ["/healthz", "/readyz", "/nothing"]
            try await client.send((0..<30).map { web.get(paths[$0 % 3]) }.joined())
            for number in 0..<30 {
                #expect(try await client.answer()?.status == [200, 200, 404][number % 3])
            }
        }
    }

    @Test(arguments: ["", "system.ping", "system.info", "puppet.hold"])
    func `a client that does not wait for its answer gets it, and then the end`(
        method: String
    ) async throws {
        try await WebFixture.run { web in
            let call = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#
            let request =
                method.isEmpty
                ? web.post(call).replacing(web.token, with: "nonsense") : web.post(call)
            let client = try web.connect()
            let announce = web.post(#"{"jsonrpc":"2.0","id":2,"method":"puppet.announce"}"#)
            try await client.send(request + announce + announce)
            if method == "puppet.hold" {
                _ = try await web.platform.call("puppet.await_held", ["count": 1])
                _ = try await web.platform.call("puppet.release")
            }
            #expect(try await client.answer()?.status == (method.isEmpty ? 401 : 200))
            let end = try await client.answer()
            #expect(end?.status == 400)
            #expect(end?.headers["connection"] == "close")
            #expect(try await client.rest() == [])
            // Nothing of what followed was carried out.
            #expect(try await web.platform.call("event.read")["items"]?.array?.count == 0)
            try await web.expectAlive()
        }
    }

    @Test func `a request is understood wherever it is cut`() async throws {
        try await WebFixture.run { web in
            let request = Array(web.post(WebFixture.ping).utf8)
            let client = try web.connect()
            for place in 1..<request.count {
                try await client.send(Array(request[..<place]))
                // The server has read what came when it has answered somebody else.
                if place % 8 == 0 { try await web.expectAlive() }
                try await client.send(Array(request[place...]))
                let reply = try await client.answer()
                #expect(reply?.status == 200, "cut at \(place)")
            }
        }
    }

    @Test func `a hundred clients are answered at once`() async throws {
        try await WebFixture.run { web in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...100 {
                    group.addTask {
                        let client = try web.connect()
                        for _ in 1...10 {
                            try await client.send(web.post(WebFixture.ping))
                            #expect(try await client.answer()?.status == 200)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a long body and a long answer arrive whole`() async throws {
        try await WebFixture.run { web in
            let text = String(repeating: "z", count: 3_000_000)
            let call =
                #"{"jsonrpc":"2.0","id":1,"method":"puppet.echo","params":{"text":"\#(text)"}}"#
            let client = try web.connect()
            try await client.send(web.post(call))
            #expect(try await client.answer()?.json["result"]?["text"]?.string == text)
            try await client.send(web.post(WebFixture.ping))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test func `a client that waits to be told to go on is told`() async throws {
        try await WebFixture.run { web in
            let request = web.post(WebFixture.ping, headers: "Expect: 100-continue\r\n")
            let client = try web.connect()
            let head = request.count - WebFixture.ping.count
            try await client.send(String(request.prefix(head)))
            #expect(try await client.answer()?.status == 100)
            try await client.send(String(request.dropFirst(head)))
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test func `HTTP 1_0 and a client that wants it get the connection closed`() async throws {
        try await WebFixture.run { web in
            for request in [
                web.post(WebFixture.ping, headers: "Connection: close\r\n"),
                web.post(WebFixture.ping).replacing(
                    "HTTP/1.1", with: "HTTP/1.0", maxReplacements: 1),
            ] {
                let client = try web.connect()
                try await client.send(request)
                #expect(try await client.answer()?.status == 200)
                #expect(try await client.rest() == [])
            }
        }
    }

    @Test func `a call whose client is gone is cancelled`() async throws {
        let time = ManualTime()
        try await WebFixture.run(time: time) { web in
            let client = try web.connect()
            try await client.send(web.post(#"{"jsonrpc":"2.0","id":1,"method":"puppet.hold"}"#))
            _ = try await web.platform.call("puppet.await_held", ["count": 1])
            client.reset()
            while try await web.counter("connections") > 0 { await time.advance(by: .seconds(1)) }
            try await web.expectAlive()
        }
    }

    @Test func `a subscription needs a connection that stays open`() async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(
                web.post(#"{"jsonrpc":"2.0","id":1,"method":"event.subscribe"}"#))
            #expect(reply.error?.kind == "conflict")
        }
    }

    @Test func `a token that may only read does not write`() async throws {
        try await WebFixture.run { web in
            let token = try await web.makeToken(["name": "reader", "role": "viewer"])
            let call = #"{"jsonrpc":"2.0","id":1,"method":"puppet.announce"}"#
            let reply = try await web.ask(web.post(call, token: token))
            #expect(reply.status == 200)
            #expect(reply.error?.kind == "forbidden")
        }
    }
}
