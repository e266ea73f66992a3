import OpsJSONRPC
import TestClient
import Testing

@testable import opsloop

@Suite("The connection")
struct ConnectionTests {
    /// Runs a body against a daemon that answers like this.
    private func with(
        timeoutMs: Int? = 5000,
        _ answer: @escaping @Sendable (String, JSON, JSON) -> FakeServer.Reply,
        _ body: (Connection) throws -> Void
    ) throws {
        let server = try FakeServer(answer)
        defer { server.stop() }
        try body(try Connection(path: server.path, timeoutMs: timeoutMs))
    }

    private func failure(
        timeoutMs: Int? = 5000,
        _ answer: @escaping @Sendable (String, JSON, JSON) -> FakeServer.Reply
    ) throws -> Failure {
        var found: Failure?
        try with(timeoutMs: timeoutMs, answer) { connection in
            found = #expect(throws: Failure.self) { try connection.call("a.b") }
        }
        return try #require(found)
    }

    @Test func `a call has an answer`() throws {
        try with({ method, params, _ in .result(["method": .string(method), "params": params]) }) {
            let answer = try $0.call("check.get", ["check": "web"])
            #expect(answer == ["method": "check.get", "params": ["check": "web"]])
        }
    }

    @Test func `answers are matched by their ids, in whatever order they come`() throws {
        let second: @Sendable (String, JSON, JSON) -> FakeServer.Reply = { method, _, _ in
            guard method == "b" else { return .silence }
            let lines = [
                #"{"jsonrpc":"2.0","id":2,"result":"b"}"#,
                #"{"jsonrpc":"2.0","id":1,"result":"a"}"#,
            ]
            return .raw(lines.joined(separator: "\n") + "\n")
        }
        try with(second) { connection in
            let answers = try connection.answers([("a", [:]), ("b", [:])])
            #expect(try answers.map { try $0.get() } == ["a", "b"])
        }
    }

    @Test func `notifications between a call and its answer are kept`() throws {
        try with({ _, _, _ in
            .raw(
                #"{"jsonrpc":"2.0","method":"event.event","params":{"seq":7}}"#
                    + "\n" + #"{"jsonrpc":"2.0","id":1,"result":{"ok":true}}"# + "\n")
        }) { connection in
            #expect(try connection.call("a.b") == ["ok": true])
            let notification = try connection.nextNotification()
            #expect(notification.method == "event.event")
            #expect(notification.params == ["seq": 7])
        }
    }

    @Test func `an error keeps its fields and its hint`() throws {
        let failure = try failure { _, _, _ in
            var error = RPCError.invalidParams(
                "Bad parameters.", fields: [.init(path: "url", reason: "is required")])
            error.hint = "Say where."
            return .error(error)
        }
        #expect(failure.exit == .server)
        #expect(failure.fields == [.init(path: "url", reason: "is required")])
        #expect(failure.hint == "Say where.")
    }

    @Test(arguments: [
        (1001, ExitCode.denied), (1002, .denied), (1003, .server), (1007, .deadline),
        (1008, .deadline), (-32603, .server),
    ])
    func `codes of errors become exit codes`(code: Int, exit: ExitCode) throws {
        let failure = try failure { _, _, _ in
            .error(RPCError(json: ["code": .number(.init(code)), "message": "No."]))
        }
        #expect(failure.exit == exit)
    }

    @Test func `a daemon that says nothing is given up after the timeout`() throws {
        let failure = try failure(timeoutMs: 30) { _, _, _ in .silence }
        #expect(failure.exit == .deadline)
        #expect(failure.message == "no answer to a.b within 30ms")
        #expect(failure.hint?.contains("--timeout") == true)
    }

    @Test func `a daemon that stops in the middle of an answer is noticed`() throws {
        let failure = try failure { _, _, _ in .last(#"{"jsonrpc":"2.0","id":1,"res"#) }
        #expect(failure.exit == .unreachable)
        #expect(failure.message.contains("closed the connection before it answered a.b"))
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "{\"id\":1}\n", "[]\n", "\u{1B}[2Jx\n"])
    func `what does not speak the protocol is named`(bytes: String) throws {
        let failure = try failure { _, _, _ in .raw(bytes) }
        #expect(failure.exit == .unreachable)
        #expect(failure.message.contains("does not speak JSON-RPC"))
    }

    @Test func `an answer of a megabyte arrives whole`() throws {
        let long = String(repeating: "ä", count: 1 << 19)
        try with({ _, _, _ in .result(.string(long)) }) {
            let answer = try $0.call("a.b")
            #expect(answer == .string(long))
        }
    }

    // MARK: - No daemon

    @Test func `no daemon means exit code 2 and a hint`() throws {
        let failure = try #require(throws: Failure.self) {
            try Connection(path: "/nonexistent/opsloop.sock", timeoutMs: nil)
        }
        #expect(failure.exit == .unreachable)
        #expect(failure.message == "opsloopd is not running at /nonexistent/opsloop.sock")
        #expect(failure.hint == "start it with `opsloopd --data DIR`")
    }

    @Test func `a path that no socket can have is named`() throws {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        let failure = try #require(throws: Failure.self) {
            try Connection(path: path, timeoutMs: nil)
        }
        #expect(failure.message.contains("longer than 107 bytes"))
    }

    @Test func `the socket is looked for in the usual places`() throws {
        func find(_ wish: String?, _ variables: [String: String], _ there: String...) throws
            -> String
        {
            try SocketPath(variables: variables, exists: { there.contains($0) }).find(wish)
        }
        #expect(try find("/a", ["OPSLOOP_SOCKET": "/b"]) == "/a")
        #expect(try find(nil, ["OPSLOOP_SOCKET": "/b"]) == "/b")
        let local = "./.opsloop/opsloop.sock"
        let system = "/run/opsloop/opsloop.sock"
        #expect(try find(nil, [:], local, system) == local)
        let own = ["XDG_RUNTIME_DIR": "/run/user/1"]
        #expect(
            try find(nil, own, "/run/user/1/opsloop/opsloop.sock", system)
                == "/run/user/1/opsloop/opsloop.sock")
        #expect(try find(nil, own, system) == system)
        let failure = try #require(throws: Failure.self) { try find(nil, own) }
        #expect(failure.message.contains("/run/user/1/opsloop/opsloop.sock, /run/opsloop"))
    }
}
