internal import OpsCore
internal import OpsJSONRPC

/// What somebody has not seen who changes a ticket that others have changed meanwhile.
enum Staleness {
    /// Members that change with every change and say nothing.
    private static let marks: Set = ["generation", "updated_at"]

    /// Refuses a change that is based on another generation, and says what is different now.
    static func refuse(_ generation: Int?, _ ticket: Ticket, in tx: ReadTransaction) throws {
        guard let generation, generation != ticket.generation else { return }
        var error = RPCError.staleGeneration(
            "\(ticket.key) is at generation \(ticket.generation), not \(generation).")
        if let seen = try past(ticket.ref, generation, in: tx) {
            error.fields = difference(from: seen, to: try JSON(encoding: ticket).object ?? [:])
        }
        throw error
    }

    /// The ticket as it was then; nil when the audit log does not know, or no longer.
    private static func past(
        _ ref: Ref, _ generation: Int, in tx: ReadTransaction
    ) throws -> JSON.Object? {
        var found: JSON.Object?
        try tx.forEach(
            "SELECT after FROM audit WHERE ref = ? AND after IS NOT NULL ORDER BY seq DESC", ref
        ) { row in
            let after = try row.json("after")
            guard after["generation"]?.int == generation else { return true }
            found = after.object
            return false
        }
        return found
    }

    /// Every member that has another value now, by name.
    static func difference(
        from old: JSON.Object, to new: JSON.Object
    ) -> [RPCError.FieldError] {
        Set(old.keys + new.keys).subtracting(marks).sorted().compactMap { member in
            guard old[member] != new[member] else { return nil }
            let (now, then) = (words(new[member]), words(old[member]))
            return RPCError.FieldError(path: member, reason: "is \(now), and was \(then)")
        }
    }

    private static func words(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "nothing" }
        let text = value.text
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}
