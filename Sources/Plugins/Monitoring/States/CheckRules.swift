internal import OpsJSONRPC

/// Decides what one result does to a check's status: soft and hard states, as Icinga 2 or Nagios 4
/// decides, and whether the check flaps.
///
/// Values in, values out; no store, no clock, no await. The transitions of Icinga 2:
///
/// ```
///            OK                        bad, attempt + 1 < max
///          +----+                            +----+
///          v    |                            v    |
///   pending/OK hard --- bad, max > 1 ---> bad soft (attempt 1, 2, ...)
///      ^  ^  |                             |    |
///      |  |  +--- bad, max = 1 ---+        |    | attempt + 1 >= max
///      |  +------ OK -------------)--------+    |
///      |                          v             |
///      +----- OK, n times ---- bad hard <-------+
///                                ^   | another bad state
///                                +---+
/// ```
///
/// A hard problem that needs several good results is OK softly until the last of them, and a bad
/// result makes it the hard problem again that it has been all the time.
///
/// One deviation: the raw state of an Icinga 2 object that was never checked is UNKNOWN, so that
/// its first bad result counts as attempt 2. Here a pending check has no bad result behind it, and
/// its first one is attempt 1.
enum CheckRules {
    /// What one result changed.
    struct Transition: Sendable, Equatable {
        var status: CheckStatus
        /// The hard state is another one.
        var hardChanged: Bool
        /// A volatile check has a bad result in a hard state, which is said every time.
        var isRepeated: Bool
    }

    /// Answers the status that a result at an instant leads to.
    ///
    /// - Parameter isHostDown: What the check is about cannot be reached, which for Nagios makes
    ///   every result hard at once.
    /// - Precondition: `result` is a verdict; nobody can measure "pending".
    static func transition(
        from old: CheckStatus, on result: CheckState, at instant: Instant, by rules: StateRules,
        isHostDown: Bool = false
    ) -> Transition {
        precondition(result != .pending, "a result is never pending; a probe has to decide")
        var new = old
        new.state = result
        if !recover(&new, from: old, by: rules) {
            switch rules.dialect {
            case .icinga: stepAsIcinga(&new, from: old, rules.maxAttempts)
            case .nagios: stepAsNagios(&new, from: old, rules.maxAttempts, isHostDown)
            }
        }
        new.flap = rules.flapping?.recording(result, new.stateType, in: old.flap)
        if old.state != result { new.lastStateChangeAt = instant }
        let hardChanged = new.hardState != old.hardState
        if hardChanged { new.lastHardStateChangeAt = instant }
        return Transition(
            status: new, hardChanged: hardChanged,
            isRepeated: rules.isVolatile && result.isProblem && new.stateType == .hard)
    }

    /// Whether the next look at a check comes after its retry interval.
    static func isRetrying(_ status: CheckStatus) -> Bool {
        status.stateType == .soft && status.state != .pending
    }

    // MARK: - Recovery that takes several good results

    /// Takes a result in that belongs to the recovery of a hard problem; answers whether it does.
    private static func recover(
        _ new: inout CheckStatus, from old: CheckStatus, by rules: StateRules
    ) -> Bool {
        guard old.hardState.isProblem else { return false }
        let done = old.isRecovering ? old.attempt : 0
        if new.state == .ok, done + 1 < rules.recoveryAttempts {
            (new.stateType, new.attempt) = (.soft, done + 1)
            return true
        }
        guard old.isRecovering else { return false }
        if new.state == .ok {
            (new.stateType, new.attempt, new.hardState) = (.hard, 1, .ok)
            new.hadHostProblem = false
            return true
        }
        new.stateType = .hard
        new.attempt = rules.dialect == .nagios ? rules.maxAttempts : 1
        new.hardState = new.state
        return true
    }

    // MARK: - Icinga 2

    private static func stepAsIcinga(
        _ new: inout CheckStatus, from old: CheckStatus, _ maxAttempts: Int
    ) {
        (new.stateType, new.attempt) = icingaStep(old, new.state, maxAttempts)
        if new.stateType == .hard { new.hardState = new.state }
    }

    private static func icingaStep(
        _ old: CheckStatus, _ result: CheckState, _ maxAttempts: Int
    ) -> (StateType, attempt: Int) {
        guard result.isProblem else { return (.hard, 1) }
        if old.state.isProblem, old.stateType == .hard { return (.hard, 1) }
        let attempt = old.state.isProblem ? old.attempt + 1 : 1
        return attempt >= maxAttempts ? (.hard, 1) : (.soft, attempt)
    }
}
