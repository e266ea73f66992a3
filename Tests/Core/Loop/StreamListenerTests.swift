import Glibc
import OpsCore
import Testing

@Suite("StreamListener", .timeLimit(.minutes(1)))
struct StreamListenerTests {
    @Test func `a Unix socket is for its owner only and goes away with the listener`() async throws
    {
        let path = try freshSocketPath()
        defer { removeFolder(ofSocket: path) }
        try await withLoop { loop in
            let listener = try await loop.perform {
                try StreamListener.unix(path: path, on: loop) { _ in }
            }
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(status.st_mode & S_IFMT == S_IFSOCK)
            try await loop.perform { listener.close() }
            #expect(lstat(path, &status) == -1)
        }
    }

    @Test func `a listener leaves a file alone that another has put in its place`() async throws {
        let path = try freshSocketPath()
        defer { removeFolder(ofSocket: path) }
        try await withLoop { loop in
            try await loop.perform {
                let first = try StreamListener.unix(path: path, on: loop) { _ in }
                rename(path, path + ".old")
                let second = try StreamListener.unix(path: path, on: loop) { _ in }
                first.close()
                #expect(access(path, F_OK) == 0)
                second.close()
                #expect(access(path, F_OK) != 0)
                unlink(path + ".old")
            }
        }
    }

    @Test func `a path that is in use is told`() async throws {
        let path = try freshSocketPath()
        defer { removeFolder(ofSocket: path) }
        let error = try await self.failure { loop in
            _ = try StreamListener.unix(path: path, on: loop) { _ in }
            _ = try StreamListener.unix(path: path, on: loop) { _ in }
        }
        #expect(error?.name == "EADDRINUSE")
        #expect(error?.description.contains(path) == true)
    }

    @Test func `a path that is too long is told with the limit`() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        let error = try await self.failure { loop in
            _ = try StreamListener.unix(path: path, on: loop) { _ in }
        }
        #expect(error?.description.contains("at most 107 bytes, this one 125") == true)
    }

    @Test func `a folder that does not exist is told`() async throws {
        let error = try await self.failure { loop in
            _ = try StreamListener.unix(path: "/no/such/folder/socket", on: loop) { _ in }
        }
        #expect(error?.name == "ENOENT")
    }

    @Test func `a port that is in use is told`() async throws {
        let error = try await self.failure { loop in
            let first = try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { _ in }
            _ = try StreamListener.tcp(host: "127.0.0.1", port: first.port, on: loop) { _ in }
        }
        #expect(error?.name == "EADDRINUSE")
    }

    @Test(arguments: [("localhost", 0), ("127.0.0.1", 70_000)])
    func `an address that makes no sense is told`(host: String, port: Int) async throws {
        let error = try await self.failure { loop in
            _ = try StreamListener.tcp(host: host, port: port, on: loop) { _ in }
        }
        #expect(error?.name == "EINVAL")
        #expect(error?.hint != nil)
    }

    private func failure(
        _ body: @escaping @Sendable (EventLoop) throws -> Void
    ) async throws -> LoopError? {
        try await withLoop { loop in
            await #expect(throws: LoopError.self) { try await loop.perform { try body(loop) } }
        }
    }
}
