internal import OpsCore
internal import OpsJSONRPC

/// What becomes of a change of a check: decided by the settings' rules, the first that matches.
struct IntakeRules: Sendable {
    /// What is known of the check's ticket.
    struct Known: Sendable, Equatable {
        var ticket: Ticket
        /// Whether somebody moved it since it was opened or taken up again.
        var isTakenOver: Bool
        /// Whether other checks of the ticket still fail.
        var othersFail: Bool
        /// Whether the rule lets the recovery resolve it.
        var resolves: Bool
        var reopensUntil: Instant?
    }

    /// What is to be done.
    enum Action: Sendable, Equatable {
        case nothing
        /// A new ticket, or the open one about the same item.
        case open(rule: Int)
        /// The ticket is told.
        case tell
        /// The ticket that had recovered goes on.
        case reopen
        case resolve
    }

    private let rules: [(rule: IntakeRule, title: PlacedText)]

    /// Reads the settings.
    ///
    /// - Throws: `invalid_params` that names the entry and its member.
    init(_ entries: [JSON]) throws(RPCError) {
        let read: [IntakeRule] = try DeclaredList.read(entries, at: "intake")
        var rules: [(rule: IntakeRule, title: PlacedText)] = []
        for (index, rule) in read.enumerated() {
            let title = try PlacedText(
                rule.title, at: "intake[\(index)].title", complaint: CheckChange.complaint)
            rules.append((rule, title))
        }
        self.rules = rules
    }

    func rule(_ index: Int) -> IntakeRule { rules[index].rule }

    /// The title of the ticket that a rule opens, cut to what a title may have.
    func title(_ index: Int, of change: CheckChange) -> String {
        let text = rules[index].title.filled(by: change.value)
        let title = String(text.unicodeScalars.prefix(200))
        return title.isEmpty ? change.name : title
    }

    func action(on change: CheckChange, _ known: Known?, at now: Instant) -> Action {
        if let known, known.ticket.state.isOpen { return action(on: change, open: known) }
        guard change.isFailure, let index = rules.firstIndex(where: { $0.rule.matches(change) })
        else { return .nothing }
        guard rules[index].rule.opens else { return .nothing }
        if let known, known.ticket.state == .resolved, let until = known.reopensUntil, now <= until
        {
            return .reopen
        }
        return .open(rule: index)
    }

    private func action(on change: CheckChange, open known: Known) -> Action {
        let isDone =
            !change.isFailure && known.resolves && !known.isTakenOver && !known.othersFail
        return isDone ? .resolve : .tell
    }
}
