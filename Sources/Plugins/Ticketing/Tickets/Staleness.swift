internal import OpsCore
internal import OpsJSONRPC

/// What somebody has not seen who changes a ticket that others have changed meanwhile.
enum Staleness {
    /// Members that change with every change and say nothing.
    private static let marks = Set(RecordKinds.marks)

    /// What somebody has seen.
    private struct Seen {
        /// The record as it was then.
        var members: JSON.Object
        /// The entry of the audit log that says so, and the call that wrote it.
        var seq: Int64
        var request: String
        var at: Instant
    }

    /// Refuses a change that is based on another generation, and says what is different now.
    static func refuse(_ generation: Int?, _ ticket: Ticket, in tx: ReadTransaction) throws {
        try refuse(generation, ticket, in: tx) { _ in [] }
    }

    /// The same for a ticket that is a change: its plan and its items are a part of it.
    static func refuse(
        _ generation: Int?, _ ticket: Ticket, _ change: Change, in tx: ReadTransaction
    ) throws {
        try refuse(generation, ticket, in: tx) { seen in
            try differences(of: change, ticket.ref, since: seen, in: tx)
                + itemDifferences(of: ticket.ref, since: seen, in: tx)
        }
    }

    /// The same for a record that is kept beside tickets.
    static func refuse(
        _ generation: Int?, _ record: some Record, in tx: ReadTransaction
    ) throws {
        try refuse(generation, record.generation, "\"\(record.name)\"") {
            guard let generation,
                let seen = try past(record.ref, generation, type(of: record).kind.actions, in: tx)
            else { return [] }
            return difference(from: seen.members, to: try record.audited().object ?? [:])
        }
    }

    /// - Parameter more: What is different beside the ticket since an entry of the audit log.
    private static func refuse(
        _ generation: Int?, _ ticket: Ticket, in tx: ReadTransaction,
        _ more: (Seen) throws -> [RPCError.FieldError]
    ) throws {
        try refuse(generation, ticket.generation, ticket.key) {
            let actions = TicketReverter.declaration.actions
            guard let generation, let seen = try past(ticket.ref, generation, actions, in: tx)
            else { return [] }
            return try difference(from: seen.members, to: ticket.json) + more(seen)
        }
    }

    private static func refuse(
        _ generation: Int?, _ now: Int, _ name: String,
        _ difference: () throws -> [RPCError.FieldError]
    ) throws {
        guard let generation, generation != now else { return }
        var error = RPCError.staleGeneration("\(name) is at generation \(now), not \(generation).")
        error.fields = try difference()
        throw error
    }

    /// As many entries of the audit log as are gone through, and as many of those that hold the record
    /// whole as are read; other writes wait meanwhile.
    private static let (mostEntries, mostWhole) = (10_000, 1000)

    /// What was seen with a generation; nil when the audit log does not know, or no longer, or when
    /// very much has come since.
    ///
    /// - Parameter actions: Those whose entries hold the record whole.
    private static func past(
        _ ref: Ref, _ generation: Int, _ actions: [String], in tx: ReadTransaction
    ) throws -> Seen? {
        guard generation > 0 else { return nil }
        var found: Seen?
        let list = actions.map { "'\($0)'" }.joined(separator: ", ")
        try tx.forEach(
            """
            SELECT seq, at, request_id, after FROM (
                SELECT seq, at, request_id, action, after FROM audit
                WHERE ref = ? ORDER BY seq DESC LIMIT ?) a
            WHERE action IN (\(list)) AND after IS NOT NULL ORDER BY seq DESC LIMIT ?
            """, ref, mostEntries, mostWhole
        ) { row in
            let after = try row.json("after")
            guard after["generation"]?.int == generation, let members = after.object else {
                return true
            }
            found = Seen(
                members: members, seq: try row.int64("seq"),
                request: try row.optionalText("request_id") ?? "", at: try row.instant("at"))
            return false
        }
        return found
    }

    /// What is planned otherwise.
    ///
    /// An entry about the change stands before that of the ticket that it
    /// belongs to, so the first one after what was seen says what the plan was then.
    private static func differences(
        of change: Change, _ ref: Ref, since seen: Seen, in tx: ReadTransaction
    ) throws -> [RPCError.FieldError] {
        let row = try tx.row(
            """
            SELECT before FROM audit WHERE ref = ? AND action LIKE 'change.%' AND seq > ?
                AND before IS NOT NULL ORDER BY seq LIMIT 1
            """, ref, seen.seq)
        guard let then = try row?.json("before").object else { return [] }
        return difference(from: then, to: try JSON(encoding: change).object ?? [:])
    }

    /// As many items as are named.
    private static let mostItems = 100

    /// The call that made what was seen may have linked it afterwards.
    private static func itemDifferences(
        of ref: Ref, since seen: Seen, in tx: ReadTransaction
    ) throws -> [RPCError.FieldError] {
        var found: [RPCError.FieldError] = []
        try tx.forEach(
            """
            SELECT before, after FROM audit
            WHERE ref = ? AND seq > ? AND NOT (COALESCE(request_id, '') = ? AND at = ?)
                AND action IN ('ticket.linked', 'ticket.unlinked', 'link.create', 'link.delete')
            ORDER BY seq LIMIT ?
            """, ref, seen.seq, seen.request, seen.at, mostEntries
        ) { row in
            let (lost, made) = (try row.optionalJSON("before"), try row.optionalJSON("after"))
            guard let link = made ?? lost, link["relation"] == "affects" else { return true }
            let what = made == nil ? "was taken away" : "came to it"
            found.append(.init(path: "items", reason: "\(words(link["to"])) \(what)"))
            return found.count < mostItems
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
