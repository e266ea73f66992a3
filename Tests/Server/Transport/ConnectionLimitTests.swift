import Glibc
import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// How many connections there may be, and who is at the other end.
@Suite("Connections", .timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    /// Fills the server up, and answers what the next client is told; then makes room for it.
    private func refusal(
        after count: Int, on server: ServerFixture
    ) async throws -> RPCError {
        var clients: [TestClient] = []
        for _ in 0..<count {
            let client = try server.connect()
            try await client.call("system.ping")
            clients.append(client)
        }
        let lines = try await server.connect().linesUntilTheEnd()
        #expect(lines.count == 1)
        for client in clients { try await client.call("system.ping") }
        clients.removeLast().hangUp()
        try await server.until("connections") { $0 == count - 1 }
        try await server.connect().call("system.ping")
        #expect(try await server.counter("refused") == 1)
        return RPCError(json: try JSON.parse(lines.first ?? "")["error"] ?? .null)
    }

    @Test func `one connection too many is told so and closed`() async throws {
        try await ServerFixture.run({ $0.maxConnections = 3 }) { server in
            let error = try await refusal(after: 3, on: server)
            #expect(error.code == 1010)
            #expect(error.kind == "busy")
            #expect(error.retryable)
            #expect(error.message == "There are already 3 connections.")
        }
    }

    @Test func `one connection of a user too many is told so and closed`() async throws {
        try await ServerFixture.run({ $0.maxConnectionsPerUser = 2 }) { server in
            let error = try await refusal(after: 2, on: server)
            #expect(error.kind == "busy")
            #expect(error.message == "The user \(getuid()) already has 2 connections.")
        }
    }

    @Test func `the caller is the user that the kernel names`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.call("puppet.announce")
            let rows = try await client.call("audit.list", ["principal": "uid:\(getuid())"])
            #expect(rows["items"]?[0]?["principal"]?.string == "uid:\(getuid())")
            #expect(rows["items"]?[0]?["reason"] == "announce")
        }
    }
}
