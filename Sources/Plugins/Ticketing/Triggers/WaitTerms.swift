internal import OpsJSONRPC

/// Who waits for a trigger, and how long.
struct WaitTerms: Codable, Sendable, Equatable {
    /// The trigger's number.
    var trigger: Int
    /// In which state a ticket waits.
    var state: TicketState
    /// Of which kinds those are that wait.
    var kinds: [TicketKind]
    var afterMs: Int
    /// When tickets of each kind began to wait anew, all of them, as far as the store was asked.
    ///
    /// A trigger that went off and on says the same as before, and is another one for them.
    var since: [String: Instant] = [:]

    /// Whether tickets of a kind that waited by other terms go on waiting by these, however long.
    func goOn(from old: WaitTerms, for kind: TicketKind) -> Bool {
        guard state == old.state, kinds.contains(kind), old.kinds.contains(kind) else {
            return false
        }
        return since[kind.rawValue] == old.since[kind.rawValue]
    }
}

extension Trigger {
    /// Who waits for it; nil where nobody does, since it is off or answers to what happens.
    var waitTerms: WaitTerms? {
        guard active, event == .waiting, let state, let afterMs else { return nil }
        return WaitTerms(
            trigger: id, state: state, kinds: TicketKind.allCases.filter(concerns),
            afterMs: afterMs)
    }
}
