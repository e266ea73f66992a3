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

    /// Runs `work` and returns what came of it; nil when it took longer than `limit`.
    ///
    /// Work that is late is cancelled and no longer waited for, and so is that of a cancelled task.
    static func outcome<T: Sendable>(
        within limit: Duration, on loop: EventLoop, _ time: any TimeSource,
        _ work: @escaping @Sendable () async throws -> T
    ) async -> Result<T, any Error>? {
        let answer = Guarded<Result<T, any Error>?>(nil)
        let task = Task(executorPreference: loop) { () async in
            let result: Result<T, any Error>
            do {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            answer.withLock { $0 = result }
        }
        let isInTime = await withTaskCancellationHandler {
            await run(limit, on: loop, time) { await task.value }
        } onCancel: {
            task.cancel()
        }
        guard isInTime else {
            task.cancel()
            return nil
        }
        return answer.withLock { $0 }
    }

    private final class Once: Sendable {
        private let isClaimed = Atomic<Bool>(false)
        func claim() -> Bool { !isClaimed.exchange(true, ordering: .acquiringAndReleasing) }
    }
}
