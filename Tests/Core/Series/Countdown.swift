import OpsCore

/// Strikes once, at the n-th time it is asked.
final class Countdown: Sendable {
    private let remaining = Guarded(0)

    /// Begins to count; zero never strikes.
    func start(_ count: Int) {
        self.remaining.withLock { $0 = count }
    }

    func strikes() -> Bool {
        self.remaining.withLock { remaining in
            remaining -= 1
            return remaining == 0
        }
    }
}
