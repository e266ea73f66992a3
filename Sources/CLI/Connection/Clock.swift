import Glibc
import OpsJSONRPC

/// The time, as something that a test can hold still.
struct Clock {
    var now: () -> Instant
    /// Seconds that the local zone is ahead of UTC at a moment.
    var zone: (Instant) -> Int

    static var system: Clock {
        Clock(now: { read(CLOCK_REALTIME) }, zone: localOffset)
    }

    /// Milliseconds of a clock that nobody sets.
    static func uptime() -> Int {
        Int(read(CLOCK_MONOTONIC).milliseconds)
    }

    /// Milliseconds since the machine started, sleep included.
    static func machineUptime() -> Int {
        Int(read(CLOCK_BOOTTIME).milliseconds)
    }

    private static func read(_ clock: clockid_t) -> Instant {
        var time = timespec()
        clock_gettime(clock, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    private static func localOffset(_ instant: Instant) -> Int {
        var seconds = time_t(instant.milliseconds / 1000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
    }
}
