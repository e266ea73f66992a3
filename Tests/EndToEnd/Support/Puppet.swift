import OpsJSONRPC
import TestClient

/// A daemon that a test plays, and the command line that talks to it.
final class Puppet {
    /// What the command line has sent.
    struct Heard: Sendable {
        let method: String
        let params: JSON
        let id: JSON
    }

    private static let discover: JSON = [
        "methods": [
            method("job.run", effect: "write"), method("job.list", effect: "read"),
            method("job.stop", effect: "write", isIdempotent: true),
        ]
    ]

    let folder: TemporaryFolder
    private let server: FakeServer
    private var heard: AsyncStream<Heard>.Iterator

    /// The answers of the test to everything but `rpc.discover`.
    init(_ answer: @escaping @Sendable (Heard) -> FakeServer.Reply) throws {
        let (stream, sender) = AsyncStream.makeStream(of: Heard.self)
        heard = stream.makeAsyncIterator()
        folder = try TemporaryFolder()
        server = try FakeServer { method, params, id in
            if method == "rpc.discover" { return .result(Self.discover) }
            let heard = Heard(method: method, params: params, id: id)
            sender.yield(heard)
            return answer(heard)
        }
    }

    /// Waits for the next request or notification that is not `rpc.discover`.
    func next() async throws -> Heard {
        guard let heard = await heard.next() else { throw TestFailure("nothing is heard") }
        return heard
    }

    /// Starts `opsloop` with its standard error in a file or a terminal.
    func begin(
        _ arguments: String..., words: ArraySlice<String> = [], errors: String? = nil
    ) throws -> ChildProgram {
        var environment = Programs.environment(home: folder.path)
        environment["OPSLOOP_SOCKET"] = server.path
        return try ChildProgram(
            [Programs.path("opsloop")] + arguments + words, environment: environment,
            directory: folder.path, errors: errors ?? folder.file("errors"))
    }

    /// What `opsloop` has said on its standard error, when it was a file.
    var errors: String { folder.read("errors") }

    /// Ends the thread; the program has to be gone.
    func stop() { server.stop() }

    private static func method(_ name: String, effect: String, isIdempotent: Bool = false) -> JSON {
        let cursor: JSON = ["name": "cursor", "schema": ["type": ["string", "null"]]]
        let params: JSON = name.hasSuffix(".list") ? [cursor] : []
        return [
            "name": .string(name), "summary": "Does something.", "params": params,
            "x-effect": .string(effect), "x-idempotent": .bool(isIdempotent),
            "result": ["name": "result", "schema": ["type": "object"]],
        ]
    }
}

extension Puppet.Heard {
    /// An answer to this request, as a line.
    func line(result: JSON) -> String {
        JSON.object(["jsonrpc": "2.0", "id": id, "result": result]).text + "\n"
    }

    /// The answer to the request that this notification cancels.
    var cancelled: FakeServer.Reply {
        let error: JSON = [
            "code": 1008, "message": "It was cancelled.", "data": ["kind": "cancelled"],
        ]
        let id = params["id"] ?? nil
        return .raw(JSON.object(["jsonrpc": "2.0", "id": id, "error": error]).text + "\n")
    }

    /// A notification of how far this call is.
    func progress(_ done: Int, of total: Int, _ message: String) -> String {
        let params: JSON = [
            "token": self.params["_meta"]?["progress_token"] ?? nil,
            "progress": .number(.init(done)), "total": .number(.init(total)),
            "message": .string(message),
        ]
        return JSON.object(["jsonrpc": "2.0", "method": "$/progress", "params": params]).text + "\n"
    }
}
