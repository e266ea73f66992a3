import CLibuv

/// Measures how late the loop is: a timer that expects to fire at a certain moment.
///
/// On the loop only.
final class LagWatchdog {
    private static var interval: Duration { .milliseconds(100) }

    private let timer: LoopTimer

    init(_ loop: EventLoop) {
        self.timer = LoopTimer(on: loop)
        Self.arm(self.timer, on: loop)
    }

    func stop() {
        self.timer.close()
    }

    /// Measures once and again.
    ///
    /// A loop that was late starts its next measurement from now, so that one long delay counts
    /// once.
    private static func arm(_ timer: LoopTimer, on loop: EventLoop) {
        let expected = uv_hrtime() + UInt64(Self.interval.wholeNanoseconds)
        timer.start(after: Self.interval) { [unowned timer, unowned loop] in
            let now = uv_hrtime()
            let lateMs = Double(now - min(expected, now)) / 1e6
            loop.lagWindow.withLock { $0.record(ms: lateMs, at: now) }
            Self.arm(timer, on: loop)
        }
    }
}
