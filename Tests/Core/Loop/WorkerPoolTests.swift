import Glibc
import OpsCore
import Synchronization
import Testing

@Suite("WorkerPool", .timeLimit(.minutes(1)))
struct WorkerPoolTests {
    private struct Failure: Error {}

    @Test func `results and errors come back`() async throws {
        let pool = WorkerPool(threads: 2, name: "test")
        defer { pool.stop() }
        let outcome = try await pool.run { 6 * 7 }
        #expect(outcome == 42)
        await #expect(throws: Failure.self) { try await pool.run { throw Failure() } }
    }

    @Test func `work runs beside the loop`() async throws {
        try await withLoop { loop in
            let outcome = try await loop.workers.run { loop.isOnLoop }
            #expect(outcome == false)
        }
    }

    @Test func `no more threads work than the pool has`() async throws {
        let pool = WorkerPool(threads: 3, name: "test")
        defer { pool.stop() }
        let threads = Journal<UInt>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask { try await pool.run { threads.add(UInt(pthread_self())) } }
            }
            try await group.waitForAll()
        }
        #expect(threads.entries.count == 200)
        #expect(Set(threads.entries).count <= 3)
    }

    @Test func `stop runs what waits and refuses what comes later`() async throws {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        let log = Journal<Int>()
        let tasks = (0..<5).map { number in
            Task { try await pool.run { if number == 0 { gate.wait() } else { log.add(number) } } }
        }
        await gate.someoneWaits()
        await pool.untilWaiting(4)
        gate.open()
        pool.stop()
        for task in tasks { try await task.value }
        #expect(log.entries.sorted() == [1, 2, 3, 4])
        await #expect(throws: WorkerPoolError.stopped(pool: "test")) { try await pool.run {} }
    }

    @Test func `a full pool refuses`() async throws {
        let pool = WorkerPool(threads: 1, name: "test", maxWaiting: 1)
        let gate = Gate()
        async let first: Void = pool.run { gate.wait() }
        await gate.someoneWaits()
        async let second: Void = pool.run {}
        await pool.untilWaiting(1)
        await #expect(throws: WorkerPoolError.full(pool: "test", waiting: 1)) {
            try await pool.run {}
        }
        gate.open()
        _ = try await (first, second)
        pool.stop()
    }

    @Test func `a cancelled task does not wait for its turn`() async throws {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        async let first: Void = pool.run { gate.wait() }
        await gate.someoneWaits()
        let second = Task { try await pool.run { Issue.record("Cancelled work was run.") } }
        await pool.untilWaiting(1)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        try await first
        pool.stop()
    }

    @Test func `cancelled at any moment, each task ends once`() async throws {
        let pool = WorkerPool(threads: 2, name: "test")
        defer { pool.stop() }
        for _ in 0..<500 {
            let task = Task { try await pool.run { 1 } }
            task.cancel()
            let result = await task.result
            if case .success(let value) = result { #expect(value == 1) }
        }
    }
}
