/// Decides what people are told about a check.
///
/// The rules compare what people know with how things are, and not one result with the next: what
/// was held back and is still true when nothing holds it back any more is announced then, and what
/// has gone by that time never was. The hard state goes its own way meanwhile.
///
/// - A problem is announced unless something suppresses it.
/// - The end of a problem that was announced is announced, whatever suppresses problems; only
///   flapping holds it back until it has ended.
/// - The first good result of a check is taken for true without a word.
/// - A volatile check says every bad result of a hard problem again.
enum AnnouncementRules {
    /// A change that becomes a line of the history, and an event when it is announced.
    struct Change: Sendable, Equatable {
        /// The state that people knew before; when they are not told, the hard state before.
        var previousState: CheckState
        var state: CheckState
        var isAnnounced: Bool
        /// What it is held back by, or was, when it went away untold.
        var suppressedBy: Set<Suppression> = []
    }

    /// What follows for a check.
    struct Outcome: Sendable, Equatable {
        var status: CheckStatus
        var change: Change?
        /// That the check began or ceased to flap, when people have to be told.
        var flapping: Bool?
    }

    /// Answers what people have to be told once a check has a status.
    ///
    /// - Parameters:
    ///   - before: The hard state before the result, or the present one when there was none.
    ///   - isRepeated: Whether a problem that people know is said again.
    ///   - suppressions: What suppresses announcements of the check, but for its flapping.
    static func outcome(
        of status: CheckStatus, before: CheckState, isRepeated: Bool = false,
        suppressions: Set<Suppression> = []
    ) -> Outcome {
        var outcome = Outcome(status: status)
        tellFlapping(&outcome, suppressions)
        var holding = suppressions
        if status.isFlapping { holding.insert(.flapping) }
        tellState(&outcome, before, isRepeated, holding)
        return outcome
    }

    /// Whether nothing can be said about a status, whatever is suppressed: most results are so.
    static func isQuiet(_ status: CheckStatus, before: CheckState, isRepeated: Bool) -> Bool {
        !isRepeated && before == status.hardState && status.announcedState == status.hardState
            && status.isFlapping == status.isFlappingAnnounced && status.suppressedBy.isEmpty
    }

    private static func tellState(
        _ outcome: inout Outcome, _ before: CheckState, _ isRepeated: Bool,
        _ suppressions: Set<Suppression>
    ) {
        let (known, state) = (outcome.status.announcedState, outcome.status.hardState)
        if known == state {
            if isRepeated, !suppressions.contains(where: \.holdsProblems) {
                outcome.change = Change(previousState: known, state: state, isAnnounced: true)
            } else if before != state {
                outcome.change = Change(
                    previousState: before, state: state, isAnnounced: false,
                    suppressedBy: outcome.status.suppressedBy)
            }
            outcome.status.suppressedBy = []
            return
        }
        let holding = suppressions.filter {
            state.isProblem ? $0.holdsProblems : $0.holdsRecoveries
        }
        if known == .pending, state == .ok {
            outcome.status.suppressedBy = []
            outcome.status.announcedState = state
        } else if holding.isEmpty {
            outcome.change = Change(previousState: known, state: state, isAnnounced: true)
            outcome.status.suppressedBy = []
            outcome.status.announcedState = state
        } else {
            if before != state {
                outcome.change = Change(
                    previousState: before, state: state, isAnnounced: false, suppressedBy: holding)
            }
            outcome.status.suppressedBy = holding
        }
    }

    /// The beginning of flapping is news like a problem, and its end like a recovery.
    private static func tellFlapping(_ outcome: inout Outcome, _ suppressions: Set<Suppression>) {
        let isFlapping = outcome.status.isFlapping
        guard isFlapping != outcome.status.isFlappingAnnounced else { return }
        if isFlapping, suppressions.contains(where: \.holdsProblems) { return }
        outcome.status.isFlappingAnnounced = isFlapping
        outcome.flapping = isFlapping
    }
}
