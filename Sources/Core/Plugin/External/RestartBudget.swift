/// Decides when a plugin that has ended is started again, and when it is given up.
struct RestartBudget {
    private let policy: RestartPolicy
    /// When the starts of the present window were.
    private var starts: [Duration] = []
    /// How many pauses there have been in a row.
    private var pauses = 0

    init(_ policy: RestartPolicy) { self.policy = policy }

    /// Takes note of a start.
    mutating func didStart(at now: Duration) { starts.append(now) }

    /// The pause before the next start; nil when there have been too many starts.
    ///
    /// - Parameters:
    ///   - ranFor: How long the plugin has run, when it had got that far.
    ///   - random: From 0 up to 1; a full share of it keeps many plugins from starting at once.
    mutating func pause(at now: Duration, ranFor: Duration?, random: Double) -> Duration? {
        starts.removeAll { now - $0 >= .milliseconds(policy.windowMs) }
        guard starts.count < policy.maxInWindow else { return nil }
        if let ranFor, ranFor >= .milliseconds(policy.resetAfterMs) { pauses = 0 }
        let longest = min(
            Double(policy.maxMs), Double(policy.initialMs) * power(policy.factor, pauses))
        pauses += 1
        return .milliseconds(Int64(longest * (1 - policy.jitter * (1 - random))))
    }

    /// Begins anew, because somebody has asked for a start.
    mutating func forget() {
        starts = []
        pauses = 0
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        // Beyond this the longest pause has been reached with any factor that makes a difference.
        (0..<min(exponent, 64)).reduce(1) { product, _ in product * base }
    }
}
