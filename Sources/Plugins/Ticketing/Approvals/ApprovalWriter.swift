internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes approvals, with audit entry and event in the same transaction.
enum ApprovalWriter {
    private static let select = """
        SELECT a.*, t.key AS ticket FROM ticketing_approval a
        JOIN ticketing_ticket t ON t.id = a.ticket_id
        """

    /// - Throws: `not_found`.
    static func find(_ ref: Ref, in tx: ReadTransaction) throws -> Approval {
        guard ref.noun == "approval", let id = Int(ref.key),
            let found = try approvals("WHERE a.id = ?", [id], in: tx).first
        else {
            throw RPCError.notFound(
                "There is no approval \"\(ref)\".",
                hint: "approval.list shows those that there are.")
        }
        return found
    }

    /// Those of a ticket, in the order in which they were asked for.
    static func approvals(of ticket: Ticket, in tx: ReadTransaction) throws -> [Approval] {
        try approvals(
            "WHERE a.ticket_id = ? ORDER BY a.id", [try TicketWriter.id(of: ticket.key, in: tx)],
            in: tx)
    }

    static func approvals(
        _ condition: String, _ arguments: [(any SQLConvertible)?], in tx: ReadTransaction
    ) throws -> [Approval] {
        try tx.rows("\(select) \(condition)", arguments: arguments).map { row in
            let votes = try tx.rows(
                "SELECT * FROM ticketing_approval_vote WHERE approval_id = ? ORDER BY at, approver",
                try row.int("id"))
            return try Approval(row: row, votes: votes.map(Approval.Vote.init(row:)))
        }
    }

    static func insert(_ approval: Approval, in tx: WriteTransaction) throws -> Approval {
        var approval = approval
        approval.ref = Approval.ref(try tx.nextID("approval"))
        try tx.execute(
            """
            INSERT INTO ticketing_approval (id, ticket_id, mode, needed, approvers, state,
                subject_hash, overrides_freeze, freezes, comment, requested_by, created_at,
                updated_at, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, approval.id, try TicketWriter.id(of: approval.ticket, in: tx),
            approval.mode.rawValue, approval.needed, try JSON(encoding: approval.approvers),
            approval.state.rawValue, approval.subjectHash, approval.overridesFreeze,
            try JSON(encoding: approval.freezes), approval.comment, approval.requestedBy,
            approval.createdAt, approval.updatedAt,
            approval.generation)
        try tx.execute(
            "INSERT INTO ticketing_approval_approver (approval_id, approver) VALUES (?, ?)",
            forEach: approval.approvers.map { [.int(Int64(approval.id)), .text($0)] })
        try publish("approval.requested", approval, before: nil, in: tx)
        if !approval.comment.isEmpty { try index(approval, in: tx) }
        return approval
    }

    /// Stores where an approval stands now; its topic is what became of it.
    @discardableResult
    static func update(
        _ old: Approval, to new: Approval, as topic: String, in tx: WriteTransaction
    ) throws -> Approval {
        var approval = new
        approval.updatedAt = tx.now
        approval.generation = old.generation + 1
        try store(approval, in: tx)
        for vote in approval.votes where !old.votes.contains(vote) {
            try tx.execute(
                """
                INSERT INTO ticketing_approval_vote (approval_id, approver, vote, comment,
                    recorded_by, at)
                VALUES (?, ?, ?, ?, ?, ?)
                """, approval.id, vote.approver, vote.vote.rawValue, vote.comment,
                vote.recordedBy, vote.at)
        }
        try publish(topic, approval, before: old, in: tx)
        if approval.votes.map(\.comment) != old.votes.map(\.comment) { try index(approval, in: tx) }
        return approval
    }

    /// Stores an approval as it once was, its generation included.
    static func restore(
        _ approval: Approval, from old: Approval, as topic: String, in tx: WriteTransaction
    ) throws {
        try store(approval, in: tx)
        try publish(topic, approval, before: old, in: tx)
    }

    /// Lets the ticket be found by what is said about agreeing to it.
    private static func index(_ approval: Approval, in tx: WriteTransaction) throws {
        try TicketWriter.index(TicketWriter.existing(approval.ticket, in: tx), in: tx)
    }

    private static func store(_ approval: Approval, in tx: WriteTransaction) throws {
        try tx.execute(
            "UPDATE ticketing_approval SET state = ?, updated_at = ?, generation = ? WHERE id = ?",
            approval.state.rawValue, approval.updatedAt, approval.generation, approval.id)
    }

    private static func publish(
        _ topic: String, _ approval: Approval, before old: Approval?, in tx: WriteTransaction
    ) throws {
        try tx.audit(
            topic, approval.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: approval))
        try tx.announce(
            topic, approval.ref,
            [
                "approval": .string(approval.ref.description), "ticket": .string(approval.ticket),
                "state": .string(approval.state.rawValue),
                "approvers": .array(approval.approvers.map(JSON.string)),
            ])
    }
}

extension Approval {
    /// Reads a row of `ticketing_approval` with the ticket's key.
    fileprivate init(row: Row, votes: [Vote]) throws {
        self.init(
            ref: Self.ref(try row.int("id")), ticket: try row.text("ticket"),
            mode: try row.word("mode"), needed: try row.int("needed"),
            approvers: try row.json("approvers").decode([String].self),
            state: try row.word("state"), subjectHash: try row.text("subject_hash"),
            overridesFreeze: try row.bool("overrides_freeze"),
            freezes: try row.json("freezes").decode([Ref].self),
            comment: try row.text("comment"),
            requestedBy: try row.text("requested_by"), votes: votes,
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"),
            generation: try row.int("generation"))
    }
}

extension Approval.Vote {
    /// Reads a row of `ticketing_approval_vote`.
    fileprivate init(row: Row) throws {
        self.init(
            approver: try row.text("approver"), vote: try row.word("vote"),
            comment: try row.text("comment"), recordedBy: try row.optionalText("recorded_by"),
            at: try row.instant("at"))
    }
}
