internal import OpsJSONRPC

/// Decides what one result does to a check's status: soft and hard states, as Icinga 2 decides.
///
/// Values in, values out; no store, no clock, no await. The transitions:
///
/// ```
///            OK                        bad, attempt + 1 < max
///          +----+                            +----+
///          v    |                            v    |
///   pending/OK hard --- bad, max > 1 ---> bad soft (attempt 1, 2, ...)
///      ^  ^  |                             |    |
///      |  |  +--- bad, max = 1 ---+        |    | attempt + 1 >= max: announced
///      |  +------ OK: silent -----)--------+    |
///      |                          v             |
///      +----- OK: announced --- bad hard <------+
///                                ^   | another bad state: announced
///                                +---+
/// ```
///
/// One deviation: the raw state of an Icinga 2 object that was never checked is UNKNOWN, so that
/// its first bad result counts as attempt 2. Here a pending check has no bad result behind it, and
/// its first one is attempt 1.
enum CheckRules {
    /// What one result changed.
    struct Transition: Sendable, Equatable {
        var status: CheckStatus
        /// The state differs from the one before, whatever their types.
        var stateChanged: Bool
        /// Icinga 2's hard change: soft became hard, or one hard state became another.
        var hardChanged: Bool
        /// The hard state that people knew before, when they have to be told about the new one.
        var announcedOver: CheckState?

        /// Whether the change is an event and a line of the history.
        var isAnnounced: Bool { announcedOver != nil }
    }

    /// Answers the status that a result at an instant leads to.
    ///
    /// - Precondition: `result` is a verdict; nobody can measure "pending".
    static func transition(
        from old: CheckStatus, on result: CheckState, at instant: Instant, maxAttempts: Int
    ) -> Transition {
        precondition(result != .pending, "a result is never pending; a probe has to decide")
        var new = old
        (new.stateType, new.attempt) = step(old, result, maxAttempts)
        new.state = result
        let stateChanged = old.state != result
        if stateChanged { new.lastStateChangeAt = instant }

        let hardChanged = new.stateType == .hard && (old.stateType == .soft || stateChanged)
        let known = old.hardState
        if hardChanged, known != result {
            new.hardState = result
            new.lastHardStateChangeAt = instant
        }
        // A soft problem that goes away was never announced, so neither is its end.
        let silent = old.stateType == .soft && result == .ok
        return Transition(
            status: new, stateChanged: stateChanged, hardChanged: hardChanged,
            announcedOver: hardChanged && !silent ? known : nil)
    }

    /// Whether the next look at a check comes after its retry interval.
    static func isRetrying(_ status: CheckStatus) -> Bool {
        status.stateType == .soft && status.state != .pending
    }

    private static func step(
        _ old: CheckStatus, _ result: CheckState, _ maxAttempts: Int
    ) -> (StateType, attempt: Int) {
        guard result.isProblem else { return (.hard, 1) }
        if old.state.isProblem, old.stateType == .hard { return (.hard, 1) }
        let attempt = old.state.isProblem ? old.attempt + 1 : 1
        return attempt >= maxAttempts ? (.hard, 1) : (.soft, attempt)
    }
}
