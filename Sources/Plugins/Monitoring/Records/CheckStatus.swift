internal import OpsJSONRPC

/// Where a check stands: what the state machine of ``CheckRules`` keeps between two results.
///
/// A check that has never had a result is pending, which is soft as in Icinga 2.
struct CheckStatus: Sendable, Equatable {
    var state: CheckState = .pending
    var stateType: StateType = .soft
    /// The counter as Icinga 2 keeps it: bad results in a row while soft, 1 in every hard state.
    var attempt = 1
    /// The state that was last announced, or taken for true without a word (pending to OK).
    var hardState: CheckState = .pending
    var lastStateChangeAt: Instant?
    var lastHardStateChangeAt: Instant?

    /// The attempt that people are shown.
    ///
    /// Icinga 2 resets its counter to 1 when a problem turns hard. "Critical, hard, 1 of 3" reads
    /// like a contradiction, so a hard problem shows the attempts that it took.
    func shownAttempt(of maxAttempts: Int) -> Int {
        stateType == .hard && state.isProblem ? maxAttempts : attempt
    }
}
