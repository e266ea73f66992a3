import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// Whatever a client sends, it is told what was wrong, and the connection goes on.
@Suite("Bad input", .timeLimit(.minutes(2)))
struct BadInputTests {
    /// Sends a line and answers the error; then makes sure that the connection still works.
    private func error(
        _ line: String, on server: ServerFixture
    ) async throws -> (id: JSON?, error: RPCError) {
        let client = try server.connect()
        try await client.send(line + "\n")
        let answer = try await client.message()
        let error = RPCError(json: try #require(answer["error"], "\(answer.text)"))
        #expect(try await client.call("system.ping") == ["pong": true])
        return (answer["id"], error)
    }

    @Test(arguments: [
        "{\"jsonrpc\": \"2.0\", \"id\": }", "{'id': 1}", "nonsense", "{\"a\": NaN}",
        "[1,]", "\u{FEFF}{}", "{\"id\": \"\\ud800\"}", "}{",
    ])
    func `malformed JSON is a parse error`(line: String) async throws {
        try await ServerFixture.run { server in
            let (id, error) = try await error(line, on: server)
            #expect(id == .null)
            #expect(error.code == -32700)
            #expect(error.kind == "parse_error")
            #expect(error.message.contains("This is not JSON"))
        }
    }

    @Test func `bytes that are not UTF-8 are a parse error`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let bytes =
                Array("{\"jsonrpc\":\"2.0\",\"id\":\"".utf8) + [0xFF, 0xC0] + Array("\"}\n".utf8)
            #expect(client.sendWithoutWaiting(bytes) == bytes.count)
            #expect(RPCError(json: try await client.message()["error"] ?? .null).code == -32700)
            try await client.call("system.ping")
        }
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":7,"method":1}"#, "7"), (#"{"jsonrpc":"1.0","id":7}"#, "7"),
        (#"{"jsonrpc":"2.0","id":[7],"method":"system.ping"}"#, "null"),
        (#"{"jsonrpc":"2.0","id":7.0,"method":"system.ping","params":7}"#, "7.0"),
        ("7", "null"), ("null", "null"), ("[]", "null"),
    ])
    func `what is JSON and no request is an invalid request`(
        line: String, id: String
    ) async throws {
        try await ServerFixture.run { server in
            let found = try await error(line, on: server)
            #expect(found.error.code == -32600)
            #expect(found.error.kind == "invalid_request")
            #expect(found.id?.text == id)
        }
    }

    @Test func `a key that stands twice is refused`() async throws {
        try await ServerFixture.run { server in
            let line = #"{"jsonrpc":"2.0","id":1,"method":"system.ping","method":"puppet.fail"}"#
            let (_, error) = try await error(line, on: server)
            #expect(error.kind == "duplicate_key")
            #expect(error.message.contains("\"method\""))
        }
    }

    @Test func `wrong types, unknown and missing members are named, all at once`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let error = try await client.refusal(
                "puppet.announce", ["count": "three", "colour": "red", "bytes": 1.5])
            #expect(error.code == -32602)
            #expect(Set(error.fields.map(\.path)) == ["count", "colour", "bytes"])
            #expect(error.fields.first { $0.path == "colour" }?.reason.isEmpty == false)
            let missing = try await client.refusal("puppet.echo")
            #expect(missing.fields.map(\.path) == ["text"])
            #expect(missing.requestID != nil)
        }
    }

    @Test func `a method that does not exist is named with the nearest one`() async throws {
        try await ServerFixture.run { server in
            let error = try await server.connect().refusal("system.pign")
            #expect(error.code == -32601)
            #expect(error.message.contains("system.pign"))
            #expect(error.hint == "did you mean system.ping?")
        }
    }

    @Test func `a fault of ours is shown without its insides`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let error = try await client.refusal("puppet.fail")
            #expect(error.code == -32603)
            #expect(error.message == "The server failed; its log says why.")
            try await client.call("system.ping")
        }
    }

    @Test func `a message that is too large is refused and skipped`() async throws {
        try await ServerFixture.run({ $0.maxFrameBytes = 10_000 }) { server in
            let client = try server.connect()
            let text = String(repeating: "x", count: 5_000_000)
            let error = try await client.refusal("puppet.echo", ["text": .string(text)])
            #expect(error.code == 1009)
            #expect(error.kind == "too_large")
            #expect(error.message == "The frame is larger than 10000 bytes.")
            try await client.call("system.ping")
        }
    }

    @Test func `100,000 nested arrays are refused`() async throws {
        let deep = String(repeating: "[", count: 100_000)
        let closed = deep + String(repeating: "]", count: 100_000)
        try await ServerFixture.run { server in
            for params in [closed, #"{"text":\#(closed)}"#] {
                let client = try server.connect()
                try await client.send(
                    #"{"jsonrpc":"2.0","id":1,"method":"puppet.echo","params":\#(params)}"# + "\n")
                let error = RPCError(json: try await client.message()["error"] ?? .null)
                #expect(error.code == -32700)
                #expect(error.message.contains("deep"), "\(error.message)")
                try await client.call("system.ping")
            }
        }
    }

    @Test func `100,000 arrays that nobody closes are refused when the client is done`()
        async throws
    {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.send(String(repeating: "[", count: 100_000))
            client.endSending()
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.count == 1)
            #expect(lines.first?.contains("-32700") == true)
            try await server.connect().call("system.ping")
        }
    }

    @Test func `a batch that is too long is refused whole`() async throws {
        try await ServerFixture.run({ $0.maxBatch = 3 }) { server in
            let client = try server.connect()
            let call = #"{"jsonrpc":"2.0","id":"a","method":"system.ping"}"#
            func batch(_ count: Int) -> String {
                "[" + Array(repeating: call, count: count).joined(separator: ",") + "]\n"
            }
            try await client.send(batch(4))
            let refused = try await client.message()
            #expect(refused.array?.count == 1)
            #expect(refused[0]?["id"] == "a")
            #expect(refused[0]?["error"]?["code"] == -32600)
            try await client.send(batch(3))
            #expect(try await client.message().array?.count == 3)
        }
    }

    @Test func `every element of a batch is answered for itself`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.send(
                #"[{"jsonrpc":"2.0","id":1,"method":"puppet.hold"},7,"#
                    + #"{"jsonrpc":"2.0","method":"puppet.fail"},"#
                    + #"{"jsonrpc":"2.0","id":2,"method":"no.such"}]"# + "\n")
            let other = try server.connect()
            try await other.call("puppet.await_held", ["count": 1])
            try await other.call("puppet.release")
            let answers = try await client.message().array ?? []
            #expect(answers.map { $0["id"] ?? .null } == [1, .null, 2])
            #expect(answers.map { $0["error"]?["code"]?.int } == [nil, -32600, -32601])
        }
    }

    @Test func `a header that can't be read ends the connection, with a reason`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.send("Content-Length: many\r\n\r\n{}")
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.count == 1)
            #expect(lines.first?.contains("The header of the frame is wrong") == true)
        }
    }

    @Test func `the id of a call in flight can't be used again`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            let call = #"{"jsonrpc":"2.0","id":1,"method":"puppet.hold"}"#
            try await client.send(call + "\n" + call + "\n")
            let refused = RPCError(json: try await client.message()["error"] ?? .null)
            #expect(refused.kind == "id_reuse")
            try await server.connect().call("puppet.release")
            #expect(try await client.message()["result"] == [:])
        }
    }
}
