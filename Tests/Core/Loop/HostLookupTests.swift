import CLibuv
import Testing

@testable import OpsCore

@Suite struct HostLookupTests {
    private func withLoop<Result>(
        _ body: (EventLoop) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop(name: "lookup-test")
        try loop.start()
        do {
            let result = try await body(loop)
            await loop.stop()
            return result
        } catch {
            await loop.stop()
            throw error
        }
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1", false), ("2001:DB8:0:0::1", "2001:db8::1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1", true),
        ])
    func `an address is read and written in its shortest form`(
        text: String, shortest: String, isIPv6: Bool
    ) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == shortest)
        #expect(address.isIPv6 == isIPv6)
        #expect(IPAddress(octets: address.octets) == address)
    }

    @Test(arguments: ["", "localhost", "192.0.2", "192.0.2.256", "1.2.3.4 ", "::g", "1.2.3.4\0"])
    func `what is no address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `an address needs no look-up, and a name has one`() async throws {
        try await withLoop { loop in
            let known = try await HostLookup.addresses(of: "::1", timeout: .zero, on: loop)
            #expect(known == [IPAddress("::1")])
            let local = try await HostLookup.addresses(
                of: "localhost", timeout: .seconds(60), on: loop)
            #expect(!local.isEmpty)
            #expect(local.allSatisfy { ["127.0.0.1", "::1"].contains($0.description) })
        }
    }

    @Test func `an unknown name is an error that names it`() async throws {
        try await withLoop { loop in
            let error = await #expect(throws: LoopError.self) {
                _ = try await HostLookup.addresses(
                    of: "no-such-host.invalid", timeout: .seconds(60), on: loop)
            }
            #expect(error?.description.hasPrefix("cannot look up no-such-host.invalid: ") == true)
        }
    }

    @Test func `a look-up that nobody has time for ends`() async throws {
        let servers = Servers()
        defer { servers.letGo() }
        try await withLoop { loop in
            try await loop.perform { loop.names = servers.resolver() }
            let task = Task {
                try await HostLookup.addresses(
                    of: "dead1.test", timeout: .seconds(600), on: loop)
            }
            while servers.names.isEmpty { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let late = await #expect(throws: LoopError.self) {
                _ = try await HostLookup.addresses(
                    of: "dead2.test", timeout: .milliseconds(1), on: loop)
            }
            #expect(late?.name == "ETIMEDOUT")
        }
    }

    // MARK: - Names whose servers are gone

    /// A resolver that holds names which begin with `dead` until it is let go.
    private final class Servers: Sendable {
        private let gate = Monitor()
        private let isOpen = Guarded(false)
        private let asked = Guarded<[String]>([])

        var names: [String] { asked.withLock { $0 } }

        func resolver() -> NameResolver {
            NameResolver { host in
                self.asked.withLock { $0.append(host) }
                if host.hasPrefix("dead") { self.wait() }
                return SocketAddress.parse("192.0.2.7", 0).map { .success([$0]) }
                    ?? .failure(.init(status: UV_EAI_NONAME.rawValue))
            }
        }

        private func wait() {
            gate.locked { while !isOpen.withLock({ $0 }) { gate.wait() } }
        }

        func letGo() {
            gate.locked {
                isOpen.withLock { $0 = true }
                gate.wakeAll()
            }
        }
    }

    @Test func `names whose servers are gone do not hold up the others`() async throws {
        let servers = Servers()
        defer { servers.letGo() }
        try await withLoop { loop in
            try await loop.perform { loop.names = servers.resolver() }
            let dead = (1...(NameResolver.threads - 1)).map { number in
                Task {
                    try await HostLookup.addresses(
                        of: "dead\(number).test", timeout: .seconds(600), on: loop)
                }
            }
            for number in 1...100 {
                let found = try await HostLookup.addresses(
                    of: "live\(number).test", timeout: .seconds(600), on: loop)
                #expect(found == [IPAddress("192.0.2.7")])
            }
            for task in dead { task.cancel() }
            for task in dead { _ = await task.result }
        }
        // The loop has stopped, though the threads are still held.
    }

    @Test func `a name that is being looked up is asked for once`() async throws {
        let servers = Servers()
        try await withLoop { loop in
            await withCheckedContinuation { done in
                loop.execute {
                    loop.names = servers.resolver()
                    var left = 49
                    for number in 1...50 {
                        let lookup = try? NameLookup.start(
                            host: "dead.test", port: number, on: loop, for: "look up"
                        ) { _ in
                            left -= 1
                            if left == 0 { done.resume() }
                        }
                        // One that gives up takes nothing from the others.
                        if number == 7 { lookup?.cancel() }
                    }
                    servers.letGo()
                }
            }
        }
        #expect(servers.names == ["dead.test"])
    }
}
