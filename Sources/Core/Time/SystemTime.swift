internal import Glibc
public import OpsJSONRPC
internal import Synchronization

/// The machine's clocks and the loop's own timers.
public struct SystemTime: TimeSource {
    /// Makes the machine's time source.
    public init() {}

    /// Returns the machine's wall clock, in milliseconds.
    public func now() -> Instant {
        let time = Self.read(CLOCK_REALTIME)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Returns the time since the machine started, without the time it was suspended.
    public func uptime() -> Duration {
        let time = Self.read(CLOCK_MONOTONIC)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Sets a timer on the loop.
    public func timer(
        on loop: EventLoop, after delay: Duration, _ fire: @escaping @Sendable () -> Void
    ) -> any TimerToken {
        let token = LoopTimerToken(loop: loop)
        token.start(after: delay, fire)
        return token
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

/// A loop timer that may be set and cancelled from any thread.
private final class LoopTimerToken: TimerToken, @unchecked Sendable {
    // @unchecked Sendable: `timer` is touched only on the loop's thread (`onLoop` sees to it).
    private let loop: EventLoop
    private var timer: LoopTimer?
    private let isCancelled = Atomic<Bool>(false)

    init(loop: EventLoop) { self.loop = loop }

    func start(after delay: Duration, _ fire: @escaping @Sendable () -> Void) {
        loop.executeNow { [self] in
            guard !isCancelled.load(ordering: .acquiring) else { return }
            let timer = LoopTimer(on: loop)
            self.timer = timer
            timer.start(after: delay) { [self] in
                self.timer = nil
                fire()
            }
        }
    }

    func cancel() {
        isCancelled.store(true, ordering: .releasing)
        loop.executeNow { [self] in
            timer?.cancel()
            timer = nil
        }
    }
}
