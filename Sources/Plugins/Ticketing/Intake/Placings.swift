internal import OpsJSONRPC

/// Who has put a ticket where it is: who moved it, or gave it to somebody.
///
/// What was taken back counts no more. Who came last says nothing, since triggers answer to what
/// people do.
struct Placings {
    private struct Value {
        var value: JSON?
        var doer: Placing.Doer
    }

    /// What each member became one after the other, without what was taken back.
    private var values: [String: [Value]] = [:]

    /// Whether anything of it is a person's doing.
    var arePersons: Bool {
        values.values.contains { known in known.contains { $0.doer == .person } }
    }

    /// Adds what an entry of the audit log says, which are to come in order.
    mutating func add(_ placing: Placing) {
        for member in Placing.members { add(placing, to: member) }
    }

    private mutating func add(_ placing: Placing, to member: String) {
        let made = Value(value: placing.new[member], doer: placing.doer)
        guard let old = placing.old, !placing.beginsAnew else {
            values[member] = [made]
            return
        }
        guard old[member] != made.value else { return }
        // What the audit log has forgotten may have been a person's.
        var known = values[member] ?? [Value(value: old[member], doer: .person)]
        // Entries come in order: where it was called otherwise before, it has another name since.
        known[known.count - 1].value = old[member]
        // To take back what a program did on its own is a person's doing.
        if placing.takesBack, let place = known.lastIndex(where: { $0.value == made.value }),
            known[(place + 1)...].contains(where: { $0.doer != .program })
        {
            known.removeSubrange((place + 1)...)
        } else {
            known.append(made)
        }
        values[member] = known
    }
}
