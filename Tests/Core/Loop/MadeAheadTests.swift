import OpsCore
import Testing

/// What is made on workers ahead of whoever takes it.
@Suite("MadeAhead", .timeLimit(.minutes(1)))
struct MadeAheadTests {
    private func all<Element, Made>(_ ahead: MadeAhead<Element, Made>) -> [Made] {
        var all: [Made] = []
        while let part = ahead.next() { all += part }
        return all
    }

    @Test func `everything comes once, in the order of the elements`() {
        let pool = WorkerPool(threads: 3, name: "test")
        defer { pool.stop() }
        for (count, size) in [(0, 4), (1, 4), (4, 4), (1003, 4), (7, 100)] {
            let ahead = MadeAhead(Array(0..<count), inPartsOf: size, on: pool) { $0 * 2 }
            #expect(ahead.count == count)
            #expect(all(ahead) == (0..<count).map { $0 * 2 })
            #expect(ahead.next() == nil)
        }
    }

    @Test func `without a free thread it is made by who takes it`() async {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        let blocked = Task { try await pool.run { gate.wait() } }
        await gate.someoneWaits()
        let ahead = MadeAhead(Array(0..<100), inPartsOf: 10, on: pool) { $0 + 1 }
        #expect(all(ahead) == Array(1...100))
        gate.open()
        _ = await blocked.result
        pool.stop()
    }

    @Test func `a pool that has stopped is not needed`() {
        let pool = WorkerPool(threads: 1, name: "test")
        pool.stop()
        let ahead = MadeAhead(Array(0..<10), inPartsOf: 3, on: pool) { $0 }
        #expect(all(ahead) == Array(0..<10))
    }

    @Test func `who takes waits for what is being made`() async throws {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        let ahead = MadeAhead([1, 2], inPartsOf: 1, on: pool) { number in
            if number == 1 { gate.wait() }
            return number
        }
        await gate.someoneWaits()
        let other = WorkerPool(threads: 1, name: "taker")
        let taken = Task { try await other.run { [ahead.next(), ahead.next(), ahead.next()] } }
        gate.open()
        #expect(try await taken.value == [[1], [2], nil])
        other.stop()
        pool.stop()
    }

    @Test func `no more is made ahead than a few parts, and the worker comes back`() async throws {
        let pool = WorkerPool(threads: 1, name: "test")
        let made = Journal<Int>()
        let ahead = MadeAhead(Array(0..<40), inPartsOf: 1, on: pool) { number in
            made.add(number)
            return number
        }
        // What the pool is asked for now runs when the worker has left.
        try await pool.run {}
        #expect(made.entries == Array(0..<8))
        #expect((0..<4).map { _ in ahead.next() ?? [] } == [[0], [1], [2], [3]])
        try await pool.run {}
        #expect(made.entries == Array(0..<12))
        #expect(ahead.hasNext)
        #expect(all(ahead) == Array(4..<40))
        #expect(!ahead.hasNext)
        pool.stop()
    }

    @Test(arguments: [(1, 1), (2, 1), (5, 4), (64, 8)])
    func `no more workers are called than there are processors for them, or parts to be ahead`(
        processors: Int, called: Int
    ) async {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        let blocked = Task { try await pool.run { gate.wait() } }
        await gate.someoneWaits()
        let ahead = MadeAhead(
            Array(0..<100), inPartsOf: 1, on: pool, processors: processors
        ) { $0 }
        #expect(pool.waiting == called)
        #expect(all(ahead) == Array(0..<100))
        gate.open()
        _ = await blocked.result
        pool.stop()
    }

    @Test func `after a stop no worker makes anything more`() async {
        let pool = WorkerPool(threads: 1, name: "test")
        let gate = Gate()
        let made = Journal<Int>()
        let ahead = MadeAhead(Array(0..<50), inPartsOf: 1, on: pool) { number in
            if number == 0 { gate.wait() }
            made.add(number)
        }
        await gate.someoneWaits()
        ahead.stop()
        gate.open()
        pool.stop()
        #expect(made.entries == [0])
    }
}
