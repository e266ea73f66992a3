import Glibc
import Testing

@testable import OpsCore

/// A platform without a thread: the host's loop drives it.
@Suite(.timeLimit(.minutes(1)))
struct HostDrivenTests {
    /// Steps a loop on a thread of the host's, which sleeps on its one descriptor, until it stops.
    private static func host(_ loop: EventLoop) throws -> Outsider {
        let descriptor = try loop.makeHostDescriptor()
        return try Outsider {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            repeat {
                let isAwake = poll(&watched, 1, 30_000) == 1
                precondition(isAwake, "the descriptor never woke")
            } while loop.step(timeoutMs: 0)
        }
    }

    @Test func `everything happens on the thread that steps`() async throws {
        let fixture = try PlatformFixture()
        let platform = try Platform.open(fixture.options([.init(name: "tame")]))
        let loop = platform.loop
        let host = try Self.host(loop)
        let task = Task(executorPreference: loop) {
            try await platform.begin()
            let greeting = try await platform.call("tame.greet")["greeting"]?.string
            let isHere = loop.isOnLoop
            await platform.stop()
            return "\(greeting ?? "") \(isHere)"
        }
        #expect(try await task.value == "hello you true")
        host.join()
    }

    @Test func `a timer makes the descriptor readable`() async throws {
        let loop = try EventLoop()
        let host = try Self.host(loop)
        await withCheckedContinuation { continuation in
            loop.execute {
                LoopTimer(on: loop).start(after: .milliseconds(20)) { continuation.resume() }
            }
        }
        loop.requestStop()
        host.join()
        loop.closeHostDescriptor()
    }

    @Test func `a start that fails has undone itself`() async throws {
        let fixture = try PlatformFixture()
        let platform = try Platform.open(fixture.options([.init(name: "throws_in_start")]))
        let host = try Self.host(platform.loop)
        let task = Task(executorPreference: platform.loop) { try await platform.begin() }
        await #expect(throws: PluginError.self) { try await task.value }
        host.join()
        _ = try DataDirectory(fixture.folder.folder)
    }
}
