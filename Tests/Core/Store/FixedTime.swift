import OpsJSONRPC

@testable import OpsCore

/// A clock that stands still until it is moved.
final class FixedTime: TimeSource {
    static let start = Instant(milliseconds: 1_700_000_000_000)
    private let current = Guarded(FixedTime.start)

    func now() -> Instant { current.withLock { $0 } }

    func uptime() -> Duration { .zero }

    func timer(
        on loop: EventLoop, after delay: Duration, _ fire: @escaping @Sendable () -> Void
    ) -> any TimerToken {
        preconditionFailure("The store sets no timers.")
    }
}
