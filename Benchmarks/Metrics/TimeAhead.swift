import OpsCore
import OpsJSONRPC

/// A clock two days ahead, for which everything that was recorded belongs to days that are over.
struct TimeAhead: TimeSource {
    private let system = SystemTime()

    func now() -> Instant { system.now() + .seconds(2 * 86_400) }

    func uptime() -> Duration { system.uptime() }

    func timer(
        on loop: EventLoop, after delay: Duration, _ fire: @escaping @Sendable () -> Void
    ) -> any TimerToken {
        system.timer(on: loop, after: delay, fire)
    }
}
