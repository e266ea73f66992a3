internal import OpsJSONRPC

/// Who has put a ticket where it is: who moved it, or gave it to somebody.
///
/// What was taken back counts no more. Who came last says nothing, since triggers answer to what
/// people do.
struct Placings {
    private struct Value {
        var value: JSON?
        var isPersons: Bool
    }

    private static let members = ["state", "assignee", "queue"]

    /// What each member became one after the other, without what was taken back.
    private var values: [String: [Value]] = [:]

    /// Whether anything of it is a person's doing.
    var arePersons: Bool { values.values.contains { $0.contains(where: \.isPersons) } }

    /// Begins anew: whoever had the ticket was done with it.
    mutating func beginAnew(with new: JSON) {
        for member in Self.members {
            values[member] = [Value(value: new[member], isPersons: false)]
        }
    }

    /// Adds what an entry of the audit log says, which are to come in order.
    mutating func add(
        from old: JSON?, to new: JSON, byPerson isPersons: Bool, takesBack: Bool
    ) {
        for member in Self.members {
            let value = new[member]
            guard let old else {
                values[member] = [Value(value: value, isPersons: isPersons)]
                continue
            }
            guard old[member] != value else { continue }
            // What the audit log has forgotten may have been a person's.
            var known = values[member] ?? [Value(value: old[member], isPersons: true)]
            // To take back what a program did is a person's doing.
            if takesBack, let place = known.lastIndex(where: { $0.value == value }),
                known[(place + 1)...].contains(where: \.isPersons)
            {
                known.removeSubrange((place + 1)...)
            } else {
                known.append(Value(value: value, isPersons: isPersons))
            }
            values[member] = known
        }
    }
}
