import CLibuv
import OpsCore
import Testing

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
        try await withLoop { loop in
            let task = Task {
                try await HostLookup.addresses(
                    of: "no-such-host.invalid", timeout: .seconds(60), on: loop)
            }
            task.cancel()
            // It may have failed by itself before the cancellation came.
            await #expect(throws: (any Error).self) { try await task.value }
            let late = await #expect(throws: LoopError.self) {
                _ = try await HostLookup.addresses(
                    of: "slow.invalid", timeout: .nanoseconds(1), on: loop)
            }
            #expect(late != nil)
        }
    }
}
