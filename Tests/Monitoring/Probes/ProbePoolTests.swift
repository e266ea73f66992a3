import Glibc
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// A pool with loops of its own, as the plugin has it.
@Suite struct ProbePoolTests {
    private func makePool(failing failures: Int = 0) -> ProbePool {
        let left = Guarded(failures)
        return ProbePool(loops: 3) {
            let fails = left.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw LoopError(-24, "start a loop") }
            let loop = try EventLoop(name: "probes")
            try loop.start()
            return ProbeTools(loop: loop, time: SystemTime())
        }
    }

    @Test func `checks in a row share a loop, and more of them use the next one`() async throws {
        let pool = makePool()
        func loop(_ check: Int) throws -> EventLoop { try pool.tools(of: check).loop }
        let first = try loop(0)
        #expect(try loop(499) === first)
        let second = try loop(500)
        let third = try loop(1499)
        #expect(second !== first && third !== first && third !== second)
        #expect(try loop(1500) === first)
        #expect(try loop(500) === second)
        await pool.close()
    }

    @Test func `each loop has a thread of its own, which ends with the pool`() async throws {
        let pool = makePool()
        let loops = try [0, 500, 1000].map { try pool.tools(of: $0).loop }
        var threads: Set<UInt> = []
        for loop in loops {
            threads.insert(try await loop.perform { UInt(pthread_self()) })
        }
        #expect(threads.count == 3)
        await pool.close()
        await pool.close()
        for loop in loops {
            let error = await #expect(throws: LoopError.self) {
                try await loop.perform {
                    _ = try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { _ in }
                }
            }
            #expect(error?.description.contains("the event loop has stopped") == true)
        }
        #expect(throws: CancellationError.self) { _ = try pool.tools(of: 0) }
    }

    @Test func `a loop that cannot be started is tried again, and the others go on`() async throws {
        let pool = makePool(failing: 1)
        #expect(throws: LoopError.self) { _ = try pool.tools(of: 0) }
        let second = try pool.tools(of: 500).loop
        let first = try pool.tools(of: 0).loop
        #expect(first !== second)
        await pool.close()
    }
}
