/// Decides from the checks that a check depends on whether it can be reached.
///
/// A check is unreachable when of some group of its parents none is up. What is unreachable goes
/// on being looked at, so its state is always the true one; only nobody is told.
enum ReachabilityRules {
    /// How a parent looks to those who depend on it.
    enum Parent: Sendable, Equatable {
        case up, down
        /// It fails softly, or was not looked at since the child failed.
        case undecided
    }

    /// What a child's parents say together.
    enum Verdict: Sendable, Equatable {
        case reachable, unreachable, undecided
    }

    static func verdict(_ groups: [[Parent]]) -> Verdict {
        var isUndecided = false
        for group in groups where !group.isEmpty && !group.contains(.up) {
            guard group.contains(.undecided) else { return .unreachable }
            isUndecided = true
        }
        return isUndecided ? .undecided : .reachable
    }

    /// How a parent looks.
    ///
    /// Soft failures alone make nothing unreachable, as with Icinga's `ignore_soft_states`, but who
    /// wants to announce a child's failure has to wait for what becomes of them. A warning is up.
    ///
    /// - Parameter wasLookedAt: Whether a look at the parent began after the child had failed.
    static func parent(_ status: CheckStatus, isReachable: Bool, wasLookedAt: Bool) -> Parent {
        if !isReachable || isDown(status.hardState) { return .down }
        if isDown(status.state), status.stateType == .soft { return .undecided }
        return wasLookedAt ? .up : .undecided
    }

    private static func isDown(_ state: CheckState) -> Bool {
        state == .critical || state == .unknown
    }
}
