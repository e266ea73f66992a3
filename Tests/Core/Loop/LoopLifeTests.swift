import Glibc
import OpsCore
import Synchronization
import Testing

/// Begin and end of loops.
@Suite("EventLoop: its life", .timeLimit(.minutes(2)))
struct LoopLifeTests {
    @Test func `stop can be called again and by several at once`() async throws {
        let loop = try EventLoop()
        try loop.start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await loop.stop() } }
        }
        await loop.stop()
    }

    @Test func `a loop that never turned stops, and runs what it was given`() async throws {
        let loop = try EventLoop()
        let ran = Promise<Void>()
        loop.execute { ran.keep() }
        await loop.stop()
        #expect(ran.kept != nil)
    }

    @Test func `an actor can stop its own loop`() async throws {
        let loop = try EventLoop()
        try loop.start()
        await Resident(on: loop).stopOwnLoop()
    }

    @Test func `work that comes after the end still runs, one at a time`() async throws {
        let loop = try EventLoop()
        try loop.start()
        let actor = Resident(on: loop)
        await loop.stop()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<100 { #expect(await actor.visit()) } }
            }
        }
        #expect(await actor.visits == 800)
    }

    @Test func `a timer on a stopped loop does nothing`() async throws {
        let loop = try EventLoop()
        try loop.start()
        await loop.stop()
        let isRunning = try await loop.perform {
            let timer = LoopTimer(on: loop)
            timer.start(after: .zero) { Issue.record("A stopped loop fired a timer.") }
            return timer.isRunning
        }
        #expect(!isRunning)
    }

    @Test func `a listener on a stopped loop says why not`() async throws {
        let loop = try EventLoop()
        try loop.start()
        await loop.stop()
        let error = await #expect(throws: LoopError.self) {
            try await loop.perform {
                _ = try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { _ in }
            }
        }
        #expect(error?.description.contains("the event loop has stopped") == true)
    }

    @Test func `a loop with open handles stops`() async throws {
        let loop = try EventLoop()
        try loop.start()
        let ends = try Pipe()
        let log = Journal<String>()
        try await loop.perform {
            LoopTimer(on: loop).start(after: .seconds(60), every: .seconds(1)) {}
            _ = try SignalWatcher(on: loop, signal: SIGUSR2) {}
            _ = try StreamListener.tcp(host: "127.0.0.1", port: 0, on: loop) { _ in }
            try PollHandle(on: loop, descriptor: ends.reading)
                .start(readable: true, writable: false) { result in
                    if case .failure = result { log.add("poll") }
                }
        }
        async let child = ChildProcess.run(ProcessRequest(arguments: ["sleep", "61.5"]), on: loop)
        try await loop.untilChildRuns("sleep 61.5")
        await loop.stop()
        #expect(await child.ending == .signalled(SIGKILL))
        #expect(log.entries == ["poll"])
    }

    @Test(arguments: [true, false])
    func `an open stream learns that its loop stops`(reads: Bool) async throws {
        let loop = try EventLoop()
        try loop.start()
        let pair = try await StreamPair.tcp(on: loop)
        let end = Promise<StreamEnd>()
        try await loop.perform {
            pair.client.startReading(onData: { _ in }, onEnd: { end.keep($0) })
            if !reads { pair.client.stopReading() }
        }
        await loop.stop()
        guard case .failed(let error) = await end.value else {
            Issue.record("The stream ended without an error.")
            return
        }
        #expect(error.name == "ECANCELED")
    }

    @Test func `a thousand loops leave no descriptor and no thread behind`() async throws {
        let before = openDescriptors()
        for _ in 0..<1000 {
            let loop = try EventLoop()
            try loop.start()
            _ = try await loop.perform { 1 }
            await loop.stop()
        }
        for _ in 0..<1000 { _ = try EventLoop() }
        #expect(openDescriptors() - before < 200)
    }

    // MARK: - Driven by a host

    @Test func `a host polls the descriptor and steps`() throws {
        let loop = try EventLoop()
        let log = Journal<String>()
        loop.execute {
            log.add("work")
            LoopTimer(on: loop).start(after: .milliseconds(20)) { log.add("timer") }
        }
        #expect(loop.step(timeoutMs: 0))
        let outsider = try Outsider { loop.execute { log.add("outsider") } }
        while log.entries.count < 3 {
            var descriptor = pollfd(fd: loop.backendDescriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, CInt(loop.backendTimeoutMs))
            #expect(loop.step(timeoutMs: 0))
        }
        outsider.join()
        #expect(log.entries.first == "work")
        #expect(Set(log.entries) == ["work", "timer", "outsider"])
        loop.requestStop()
        #expect(!loop.step(timeoutMs: 0))
        #expect(!loop.step(timeoutMs: -1))
    }

    @Test func `a step waits no longer than it is told`() async throws {
        let loop = try EventLoop()
        let start = ContinuousClock.now
        #expect(loop.step(timeoutMs: 30))
        #expect(loop.step(timeoutMs: 30))
        #expect(ContinuousClock.now - start >= .milliseconds(30))
        await loop.stop()
        #expect(!loop.step(timeoutMs: 0))
    }

    @Test func `stop ends a stepped loop that nobody is in`() async throws {
        let loop = try EventLoop()
        let log = Journal<String>()
        loop.execute { LoopTimer(on: loop).start(after: .seconds(60)) { log.add("timer") } }
        #expect(loop.step(timeoutMs: 0))
        await loop.stop()
        #expect(log.entries.isEmpty)
    }
}
