import Glibc
import OpsCore
import Synchronization
import Testing

@Suite("EventLoop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test func `an actor of a loop runs on its thread`() async throws {
        try await withLoop { loop in
            let actor = Resident(on: loop)
            for _ in 0..<1000 { #expect(await actor.visit()) }
            #expect(await actor.visits == 1000)
            #expect(!loop.isOnLoop)
        }
    }

    @Test func `a callback on the loop enters an actor synchronously`() async throws {
        try await withLoop { loop in
            let actor = Resident(on: loop)
            let there = try await loop.perform { actor.assumeIsolated { $0.visit() } }
            #expect(there)
        }
    }

    @Test func `the loop knows whether it isolates the caller`() async throws {
        try await withLoop { loop in
            #expect(loop.isIsolatingCurrentContext() == false)
            let outcome = try await loop.perform { loop.isIsolatingCurrentContext() }
            #expect(outcome == true)
        }
    }

    @Test func `actors on two loops call each other`() async throws {
        try await withLoop { first in
            try await withLoop { second in
                let here = Resident(on: first)
                let there = Resident(on: second)
                for _ in 0..<500 {
                    #expect(await here.visit(there))
                    #expect(await there.visit(here))
                }
            }
        }
    }

    @Test func `a task that prefers the loop runs on it`() async throws {
        try await withLoop { loop in
            let there = await Task(executorPreference: loop) { loop.isOnLoop }.value
            #expect(there)
        }
    }

    @Test func `execute keeps the order of each caller`() async throws {
        try await withLoop { loop in
            let log = Journal<Int>()
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<4 {
                    group.addTask {
                        for number in 0..<500 { loop.execute { log.add(caller * 1000 + number) } }
                    }
                }
            }
            let all = await log.first(2000)
            for caller in 0..<4 {
                let own = all.filter { $0 / 1000 == caller }
                #expect(own == own.sorted())
            }
        }
    }

    @Test func `work that is added on the loop runs after what waits already`() async throws {
        try await withLoop { loop in
            let log = Journal<String>()
            loop.execute {
                loop.execute { log.add("second") }
                log.add("first")
            }
            #expect(await log.first(2) == ["first", "second"])
        }
    }

    @Test func `input has its turn before the next turn is over`() async throws {
        try await withLoop { loop in
            let log = Journal<String>()
            let ends = try Pipe()
            let handle = try await loop.perform {
                let handle = try PollHandle(on: loop, descriptor: ends.reading)
                handle.start(readable: true, writable: false) { _ in
                    log.add("input")
                    handle.stop()
                }
                ends.write(1)
                repeatNextTurn(3, on: loop) { log.add("turn \($0)") }
                return handle
            }
            let order = await log.first(4)
            #expect(order.firstIndex(of: "input") ?? 9 <= 1, "\(order)")
            loop.execute { handle.close() }
        }
    }

    @Test func `actors that call each other all the time leave I/O its turn`() async throws {
        try await withLoop { loop in
            let isOver = Atomic<Bool>(false)
            let fired = Promise<Void>()
            let one = Resident(on: loop)
            let other = Resident(on: loop)
            async let talk: Void = {
                while !isOver.load(ordering: .acquiring) { _ = await one.visit(other) }
            }()
            loop.execute { LoopTimer(on: loop).start(after: .milliseconds(5)) { fired.keep() } }
            await fired.value
            isOver.store(true, ordering: .releasing)
            await talk
        }
    }

    @Test func `perform throws what its body throws`() async throws {
        try await withLoop { loop in
            await #expect(throws: CancellationError.self) {
                try await loop.perform { throw CancellationError() }
            }
        }
    }

    @Test func `run uses the caller's thread until stop is requested`() throws {
        let loop = try EventLoop()
        let thread = pthread_self()
        let isHere = Atomic<Bool>(false)
        loop.execute {
            isHere.store(thread == pthread_self(), ordering: .relaxed)
            loop.requestStop()
        }
        loop.run()
        let wasHere = isHere.load(ordering: .relaxed)
        #expect(wasHere)
    }

    @Test func `a write to a peer that is gone does not end the host that runs the loop`() throws {
        let loop = try EventLoop()
        let outcome = Journal<Int>()
        var ends: [CInt] = [-1, -1]
        socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        defer { for end in ends { close(end) } }
        hangUp(ends[0])
        let writing = ends[1]
        loop.execute {
            outcome.add(write(writing, "x", 1))
            loop.requestStop()
        }
        loop.run()
        #expect(outcome.entries == [-1])
    }

    @Test func `the lag shows that the loop was held up`() async throws {
        try await withLoop { loop in
            loop.execute { spin(for: .milliseconds(250)) }
            let measured = Promise<Void>()
            loop.execute {
                LoopTimer(on: loop).start(after: .milliseconds(120)) { measured.keep() }
            }
            await measured.value
            #expect(loop.lag.samples > 0)
            #expect(loop.lag.maxMs >= 100)
        }
    }
}

/// Counts down by turns of the loop.
private func repeatNextTurn(
    _ count: Int, on loop: EventLoop, _ body: @escaping @Sendable (Int) -> Void
) {
    guard count > 0 else { return }
    loop.nextTurn {
        body(count)
        repeatNextTurn(count - 1, on: loop, body)
    }
}
