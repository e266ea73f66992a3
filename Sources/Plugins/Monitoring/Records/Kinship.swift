/// What is remembered of a check with parents while the process runs.
///
/// Looks and failures are ordered by ticks, a number that rises with each of them: two of them may
/// happen in the same instant, but never in the same tick.
struct Kinship: Sendable {
    /// When the first bad result of the present problem came.
    var failedAt: UInt64 = 0
    /// Only the result of a look that began after this says how the check is: before, something
    /// that it depends on was down.
    var looksAfter: UInt64?
    /// Until when an announcement waits for parents, on the monotonic clock.
    var waitsUntil: Duration?
    /// The wait was in vain: people are told.
    var hasWaited = false

    /// Believes a look that began late enough.
    mutating func noteLook(begunAt tick: UInt64) {
        if let after = looksAfter, tick > after { looksAfter = nil }
    }
}
