import Glibc
import Testing

@testable import OpsCore

/// A platform without a thread: the host's loop drives it.
@Suite(.timeLimit(.minutes(1)))
struct HostDrivenTests {
    /// Steps a platform until something has happened, sleeping on its one descriptor.
    private static func step(_ loop: EventLoop, until happened: () -> Bool) throws {
        var watched = pollfd(fd: try loop.makeHostDescriptor(), events: Int16(POLLIN), revents: 0)
        while !happened() {
            try #require(poll(&watched, 1, 30_000) == 1, "the descriptor never woke")
            if !loop.step(timeoutMs: 0) { return }
        }
    }

    @Test func `everything happens on the thread that steps`() throws {
        let fixture = try PlatformFixture()
        let platform = try Platform.open(fixture.options([.init(name: "tame")]))
        let loop = platform.loop
        let result = Guarded<String?>(nil)
        Task(executorPreference: loop) {
            try await platform.begin()
            let greeting = try await platform.call("tame.greet")["greeting"]?.string
            let isHere = loop.isOnLoop
            await platform.stop()
            result.withLock { $0 = "\(greeting ?? "") \(isHere)" }
        }
        try Self.step(loop) { false }
        // What is left when the loop has stopped comes on a thread of its own.
        while result.withLock({ $0 }) == nil { sched_yield() }
        #expect(result.withLock { $0 } == "hello you true")
    }

    @Test func `a timer makes the descriptor readable`() async throws {
        let loop = try EventLoop()
        let fired = Guarded(false)
        loop.execute {
            LoopTimer(on: loop).start(after: .milliseconds(20)) { fired.withLock { $0 = true } }
        }
        try Self.step(loop) { fired.withLock { $0 } }
        await loop.stop()
        #expect(fired.withLock { $0 })
    }

    @Test func `a start that fails has undone itself`() throws {
        let fixture = try PlatformFixture()
        let platform = try Platform.open(fixture.options([.init(name: "throws_in_start")]))
        let error = Guarded<String?>(nil)
        Task(executorPreference: platform.loop) {
            do {
                try await platform.begin()
            } catch let failure {
                error.withLock { $0 = "\(failure)" }
            }
        }
        try Self.step(platform.loop) { false }
        while error.withLock({ $0 }) == nil { sched_yield() }
        #expect(error.withLock { $0 }?.contains("throws_in_start") == true)
        _ = try DataDirectory(fixture.folder.folder)
    }
}
