import Dispatch

/// How a piece of work ended, for a thread that waits for it.
final class Outcome: Sendable {
    private let error = Guarded<(any Error)?>(nil)
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ error: (any Error)?) {
        self.error.withLock { $0 = error }
        isSet.signal()
    }

    /// Blocks until the outcome is set and answers the error, or nil for success.
    func wait() -> (any Error)? {
        isSet.wait()
        return error.withLock { $0 }
    }
}
