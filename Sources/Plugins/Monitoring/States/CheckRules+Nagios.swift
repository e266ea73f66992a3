/// Soft and hard states as Nagios 4 has them.
///
/// Where it differs from Icinga 2: a hard problem keeps its counter at the last attempt; results
/// while the host is down are hard at once, with a counter that starts anew, so that a problem may
/// be soft again when the host is back. There is no pending: a check begins as OK.
extension CheckRules {
    static func stepAsNagios(
        _ new: inout CheckStatus, from old: CheckStatus, _ maxAttempts: Int, _ isHostDown: Bool
    ) {
        var step = NagiosStep(old, new.state, maxAttempts, isHostDown)
        step.followHost(isHostDown)
        step.compareWithLastResult()
        step.countAttempt()
        step.settle()
        (new.stateType, new.attempt) = (step.type, step.attempt)
        new.hadHostProblem = step.hadHostProblem
        // That a check begins as OK is an assumption and no news.
        if step.type == .hard { new.hardState = step.hardState }
    }
}

/// One result on its way through Nagios' `handle_async_service_check_result`, in its order.
private struct NagiosStep {
    private let result: CheckState
    private let wasProblem: Bool
    private let maxAttempts: Int
    private var changed: Bool
    private var hardChanged = false
    var type: StateType
    var attempt: Int
    var hardState: CheckState
    var hadHostProblem: Bool

    init(_ old: CheckStatus, _ result: CheckState, _ maxAttempts: Int, _ isHostDown: Bool) {
        self.result = result
        self.maxAttempts = maxAttempts
        let last: CheckState = old.state == .pending ? .ok : old.state
        wasProblem = last.isProblem
        changed = last != result
        type = old.state == .pending ? .hard : old.stateType
        attempt = old.attempt
        hardState = old.hardState == .pending ? .ok : old.hardState
        hadHostProblem = old.hadHostProblem
    }

    /// While the host is down a new state is hard at once; once it is back, a soft problem starts
    /// its attempts again.
    mutating func followHost(_ isDown: Bool) {
        if isDown {
            hadHostProblem = true
            guard hardState != result else { return }
            takeForTrue()
            attempt = maxAttempts
        } else if result.isProblem {
            if hadHostProblem, type == .soft { attempt = 1 }
            hadHostProblem = false
        }
    }

    mutating func compareWithLastResult() {
        if !wasProblem {
            if !result.isProblem {
                type = .hard
            } else if !hadHostProblem, !hardChanged {
                type = .soft
            }
            attempt = 1
        } else if !result.isProblem, type == .hard {
            hardChanged = true
            attempt = 1
        }
        if !result.isProblem, type == .soft { changed = true }
    }

    mutating func countAttempt() {
        if type == .soft {
            if wasProblem, attempt < maxAttempts {
                attempt += 1
            } else if changed, result.isProblem {
                attempt = 1
            } else if attempt < maxAttempts {
                attempt += 1
            }
        }
        let isSoftProblem = type == .soft && result.isProblem
        if attempt >= maxAttempts, result != hardState || isSoftProblem { hardChanged = true }
    }

    mutating func settle() {
        if changed { type = .soft }
        if hardChanged { takeForTrue() }
        guard !result.isProblem, changed else { return }
        if hardChanged { hadHostProblem = false }
        takeForTrue()
        attempt = 1
    }

    private mutating func takeForTrue() {
        hardChanged = true
        hardState = result
        type = .hard
    }
}
