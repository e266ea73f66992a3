import Glibc
import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// Where the socket is, whose it is, and how it goes.
@Suite("The server's life", .timeLimit(.minutes(2)))
struct ServerLifeTests {
    private func start(_ server: ServerFixture, at path: String) async throws -> SocketServer {
        try await SocketServer.start(
            server.platform, path: path, logger: ServerFixture.logger)
    }

    private func refusal(_ server: ServerFixture, at path: String) async throws -> String {
        let error = try await #require(throws: SocketError.self) {
            let started = try await start(server, at: path)
            await started.stop()
        }
        return error.description
    }

    @Test func `the socket is its owner's, in a folder that is its owner's`() async throws {
        try await ServerFixture.run { server in
            let other = try await start(server, at: server.folder.file("new/s"))
            #expect(server.folder.status(of: "new/s")?.st_mode == S_IFSOCK | 0o600)
            #expect(server.folder.status(of: "new")?.st_mode == S_IFDIR | 0o700)
            await other.stop()
            #expect(server.folder.status(of: "new/s") == nil)
        }
    }

    @Test func `a second server at the same place is refused and harms nobody`() async throws {
        try await ServerFixture.run { server in
            #expect(
                try await refusal(server, at: server.socket)
                    == "can't listen on \(server.socket): another opsloopd listens there")
            try await server.connect().call("system.ping")
        }
    }

    @Test func `a socket that a dead server left behind is replaced`() async throws {
        try await ServerFixture.run { server in
            let path = server.folder.file("old")
            // Bound and closed, but not removed: what `kill -9` leaves.
            let dead = try DeadSocket(path)
            dead.close()
            let new = try await start(server, at: path)
            try await TestClient(path).call("system.ping")
            await new.stop()
        }
    }

    @Test func `something that is not a socket is left alone`() async throws {
        try await ServerFixture.run { server in
            let path = try server.folder.write("precious", to: "file")
            #expect(
                try await refusal(server, at: path)
                    == "can't listen on \(path): something that is not a socket lies there")
            #expect(server.folder.read("file") == "precious")
        }
    }

    @Test func `a folder that can't be made is named`() async throws {
        try await ServerFixture.run { server in
            let path = server.folder.file("missing/folder/s")
            let message = try await refusal(server, at: path)
            #expect(message.contains("its folder can't be created: No such file or directory"))
        }
    }

    @Test func `a path that is too long is refused`() async throws {
        try await ServerFixture.run { server in
            let path = server.folder.file(String(repeating: "x", count: 120))
            let error = await #expect(throws: LoopError.self) {
                try await start(server, at: path)
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("listen on \(path)"))
        }
    }

    @Test func `calls that are being answered are answered before the server stops`()
        async throws
    {
        try await ServerFixture.run { server in
            let path = server.folder.file("t")
            let stopping = try await start(server, at: path)
            let client = try TestClient(path)
            try await client.begin("puppet.hold")
            let idle = try TestClient(path)
            try await idle.call("puppet.await_held", ["count": 1])
            async let stopped: Void = stopping.stop()
            #expect(try await idle.line() == nil)
            #expect(throws: TestFailure.self) { try TestClient(path) }
            try await server.connect().call("puppet.release")
            #expect(try await client.message()["result"] == [:])
            #expect(try await client.line() == nil)
            await stopped
        }
    }
}
