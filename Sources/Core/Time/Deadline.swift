internal import Synchronization

/// Waits for work, but not for ever.
public enum Deadline {
    /// Runs `work` and returns true when it finished within `limit`.
    ///
    /// Work that is late is left running: whoever hangs can't be forced, only no longer waited for.
    public static func run(
        _ limit: Duration, on loop: EventLoop, _ time: any TimeSource,
        _ work: @escaping @Sendable () async -> Void
    ) async -> Bool {
        let once = Once()
        return await withCheckedContinuation { continuation in
            let timer = time.timer(on: loop, after: limit) {
                if once.claim() { continuation.resume(returning: false) }
            }
            Task {
                await work()
                timer.cancel()
                if once.claim() { continuation.resume(returning: true) }
            }
        }
    }

    private final class Once: Sendable {
        private let isClaimed = Atomic<Bool>(false)
        func claim() -> Bool { !isClaimed.exchange(true, ordering: .acquiringAndReleasing) }
    }
}
