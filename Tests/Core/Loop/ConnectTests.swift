import Glibc
import OpsCore
import Testing

@Suite("Connect", .timeLimit(.minutes(1)))
struct ConnectTests {
    @Test func `a name is looked up`() async throws {
        try await withLoop { loop in
            let accepted = Promise<ByteStream>()
            let port = try await loop.perform {
                try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { accepted.keep($0) }
                    .port
            }
            let stream = try await Connect.tcp(
                host: "localhost", port: port, timeout: .seconds(10), on: loop)
            let server = await accepted.value
            let outcome = try await loop.perform { stream.descriptor >= 0 && server.isOpen }
            #expect(outcome)
        }
    }

    @Test func `a port that nobody listens on is told`() async throws {
        try await withLoop { loop in
            let server = LocalServer(.deaf)
            let port = server.port
            let error = await #expect(throws: LoopError.self) {
                try await Connect.tcp(
                    host: "127.0.0.1", port: port, timeout: .seconds(10), on: loop)
            }
            #expect(error?.name == "ECONNREFUSED")
            #expect(error?.description.contains("127.0.0.1 port \(port)") == true)
        }
    }

    @Test func `a name that does not exist is told`() async throws {
        try await withLoop { loop in
            let error = await #expect(throws: LoopError.self) {
                try await Connect.tcp(
                    host: "no such host", port: 80, timeout: .seconds(10), on: loop)
            }
            #expect(error?.name.hasPrefix("EAI_") == true)
        }
    }

    @Test func `a socket that is not there is told`() async throws {
        try await withLoop { loop in
            let error = await #expect(throws: LoopError.self) {
                try await Connect.unix(path: "/no/such/socket", on: loop)
            }
            #expect(error?.name == "ENOENT")
            let tooLong = await #expect(throws: LoopError.self) {
                try await Connect.unix(path: String(repeating: "x", count: 200), on: loop)
            }
            #expect(tooLong?.name == "ENAMETOOLONG")
        }
    }

    @Test func `a server that does not answer is given up`() async throws {
        let server = LocalServer(.full)
        try await withLoop { loop in
            let error = await #expect(throws: LoopError.self) {
                try await Connect.tcp(
                    host: "127.0.0.1", port: server.port, timeout: .milliseconds(50), on: loop)
            }
            #expect(error?.name == "ETIMEDOUT")
        }
    }

    @Test func `a cancelled task does not wait for the server`() async throws {
        let server = LocalServer(.full)
        try await withLoop { loop in
            let task = Task {
                try await Connect.tcp(
                    host: "127.0.0.1", port: server.port, timeout: .seconds(60), on: loop)
            }
            await loop.fires(after: .milliseconds(10))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a loop that stops tells whoever connects`() async throws {
        let server = LocalServer(.full)
        let loop = try EventLoop()
        try loop.start()
        let task = Task {
            try await Connect.tcp(
                host: "127.0.0.1", port: server.port, timeout: .seconds(60), on: loop)
        }
        await loop.fires(after: .milliseconds(10))
        await loop.stop()
        let error = await #expect(throws: LoopError.self) { try await task.value }
        #expect(error?.name == "ECANCELED")
    }
}
