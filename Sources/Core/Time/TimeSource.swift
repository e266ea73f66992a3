public import OpsJSONRPC

/// Tells the time and sets timers; the only clock that the core and its plugins may ask.
///
/// Time is a parameter so that a test can move it by hand (see ``ManualTime``) and never waits.
public protocol TimeSource: Sendable {
    /// Returns the wall clock, which may step forwards or backwards.
    func now() -> Instant
    /// Returns a clock that never steps, since an arbitrary start. Measure and schedule with this one.
    func uptime() -> Duration
    /// Calls `fire` once on the loop after `delay` of uptime; cancelling the token takes it back.
    func timer(
        on loop: EventLoop, after delay: Duration, _ fire: @escaping @Sendable () -> Void
    ) -> any TimerToken
}

/// A timer that has been set and may be taken back.
public protocol TimerToken: Sendable {
    /// Takes the timer back; harmless when it has fired. Once this returns on the loop's thread
    /// the timer does not fire any more.
    func cancel()
}
