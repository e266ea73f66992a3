import Glibc
import OpsCore
import Testing

@Suite("SignalWatcher", .timeLimit(.minutes(1)))
struct SignalWatcherTests {
    @Test func `a signal arrives on every loop that watches it`() async throws {
        try await withLoop { first in
            try await withLoop { second in
                let log = Journal<Bool>()
                for loop in [first, second] {
                    try await loop.perform {
                        _ = try SignalWatcher(on: loop, signal: SIGUSR1) { log.add(loop.isOnLoop) }
                    }
                }
                kill(getpid(), SIGUSR1)
                #expect(await log.first(2) == [true, true])
            }
        }
    }

    @Test func `a signal that cannot be caught is an error`() async throws {
        try await withLoop { loop in
            await #expect(throws: LoopError.self) {
                try await loop.perform { _ = try SignalWatcher(on: loop, signal: SIGKILL) {} }
            }
        }
    }
}
