internal import OpsJSONRPC

/// Where a check stands: what ``CheckRules`` and ``AnnouncementRules`` keep between two results.
///
/// A check that has never had a result is pending, which is soft as in Icinga 2.
struct CheckStatus: Sendable, Equatable {
    var state: CheckState = .pending
    var stateType: StateType = .soft
    /// The counter as the rules keep it: Icinga 2 counts bad results in a row while soft, and
    /// has 1 in every hard state.
    var attempt = 1
    /// The state that was last taken for true.
    var hardState: CheckState = .pending
    var lastStateChangeAt: Instant?
    var lastHardStateChangeAt: Instant?
    /// What people know: the state that was last announced, or taken for true without a word.
    var announcedState: CheckState = .pending
    /// Why people do not know the hard state; empty when they do.
    var suppressedBy: Set<Suppression> = []
    /// Nil when flapping is not looked for.
    var flap: FlapHistory?
    var isFlappingAnnounced = false
    /// Nagios' memory of a host that was down at the last bad result.
    var hadHostProblem = false
    /// When the last bad result came, once a good one has followed; for `keep_firing_for_ms`.
    var lastProblemAt: Instant?
    /// How long the newest result holds, when it was submitted and said so.
    var freshFor: Duration?

    var isFlapping: Bool { flap?.isFlapping ?? false }

    /// Whether good results have begun to end a hard problem that needs several of them.
    var isRecovering: Bool { state == .ok && stateType == .soft && hardState.isProblem }

    /// The attempt that people are shown.
    ///
    /// Icinga 2 resets its counter to 1 when a problem turns hard. "Critical, hard, 1 of 3" reads
    /// like a contradiction, so a hard problem shows the attempts that it took.
    func shownAttempt(of maxAttempts: Int) -> Int {
        stateType == .hard && state.isProblem ? maxAttempts : attempt
    }
}
