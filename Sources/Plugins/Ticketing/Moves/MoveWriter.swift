internal import OpsCore
internal import OpsJSONRPC

/// Carries parts of tickets over to others and back, in the transaction of the call.
enum MoveWriter {
    /// The last move that ended or began a ticket and was not taken back.
    static func last(of key: String, in tx: ReadTransaction) throws -> Move? {
        try tx.row(
            """
            SELECT * FROM ticketing_move WHERE subject = ? AND undone_at IS NULL
            ORDER BY id DESC LIMIT 1
            """, key
        ).map(Move.init(row:))
    }

    /// The ticket into which one was merged, and so on to the end; itself when it was not.
    static func live(_ ticket: Ticket, in tx: ReadTransaction) throws -> Ticket {
        var ticket = ticket
        while let move = try last(of: ticket.key, in: tx), move.kind == .merge,
            let next = try TicketWriter.load(move.target, in: tx)
        {
            ticket = next
        }
        return ticket
    }

    /// Whether the ticket ended by a merge, which nobody has taken back.
    static func isMerged(_ ticket: Ticket, in tx: ReadTransaction) throws -> Bool {
        // Nothing else is asked of the many that go on.
        guard ticket.state == .cancelled else { return false }
        return try last(of: ticket.key, in: tx)?.kind == .merge
    }

    /// The highest generation that a ticket had while it was merged, where that was taken back.
    static func undoneGeneration(of ticket: Ticket, in tx: ReadTransaction) throws -> Int {
        try tx.rows(
            "SELECT * FROM ticketing_move WHERE subject = ? AND undone_at IS NOT NULL", ticket.key
        ).map { try Move(row: $0).moved.after.generation }.max() ?? 0
    }

    /// The keys of the tickets that were merged into one, and of those that were merged into them.
    static func merged(into ticket: Ticket, in tx: ReadTransaction) throws -> [String] {
        var (found, open) = ([String](), [ticket.key])
        while let key = open.popLast() {
            let sources = try tx.rows(
                """
                SELECT source FROM ticketing_move
                WHERE target = ? AND undone_at IS NULL AND kind = ? ORDER BY id
                """, key, Move.Kind.merge.rawValue
            ).map { try $0.text("source") }
            found += sources
            open += sources
        }
        return found
    }

    /// Who asked for a ticket and for those that were merged into it.
    static func askers(of ticket: Ticket, in tx: ReadTransaction) throws -> Set<String> {
        let sources = try merged(into: ticket, in: tx).compactMap {
            try TicketWriter.load($0, in: tx)?.requester
        }
        return Set(sources + [ticket.requester].compactMap { $0 })
    }

    // MARK: - There

    /// - Parameter triggers: Those that tickets wait for.
    static func merge(
        _ source: Ticket, into target: Ticket, _ triggers: [WaitTerms], in tx: WriteTransaction
    ) throws -> Ticket {
        let entries = try ids(in: "ticketing_entry", of: source, in: tx)
        let attachments = try ids(in: "ticketing_attachment", of: source, in: tx)
        try carry(entries, attachments, to: target, in: tx)
        var links = try copyLinks(of: source, to: target, in: tx)
        links += try link(source, "duplicate_of", target, in: tx)
        let marks = [
            try mark("merged into \(target.key)", source, in: tx),
            try mark("\(source.key) was merged into this ticket", target, in: tx),
        ]
        var ended = source
        ended.state = .cancelled
        ended.holdReason = nil
        ended.closedAt = tx.now
        let clocks = try TicketClocks.openClocks(of: source, in: tx, at: tx.now)
        let waiting = try ApprovalWriter.approvals(of: source, in: tx).filter {
            $0.state == .pending
        }
        let after = try TicketWriter.update(source, to: ended, as: "ticket.merged", in: tx)
        let moved = MovedParts(
            before: source, after: after, queue: try queue(of: after, in: tx), entries: entries,
            attachments: attachments, marks: marks, links: links, approvals: waiting,
            clocks: clocks, waits: try MovedWait.all(of: [source.key, target.key], in: tx),
            triggers: triggers)
        try remember(.merge, from: source, to: target, moved, in: tx)
        try TicketWriter.index(target, in: tx)
        try tell(target, "source", source, as: "ticket.absorbed", in: tx)
        return target
    }

    /// The one that goes on got or lost lines, which those who follow it want to know.
    private static func tell(
        _ ticket: Ticket, _ role: String, _ other: Ticket, as topic: String,
        in tx: WriteTransaction
    ) throws {
        try tx.audit(
            topic, ticket.ref, before: nil, after: [role: .string(other.ref.description)])
        var event = TicketWriter.identity(ticket)
        event[role] = .string(other.ref.description)
        try tx.announce(topic, ticket.ref, .object(event))
    }

    /// - Parameter triggers: Those that tickets wait for.
    static func split(
        _ source: Ticket, into draft: Ticket, _ wish: SplitTicket, _ triggers: [WaitTerms],
        in tx: WriteTransaction
    ) throws -> Ticket {
        let attachments = wish.attachments.compactMap { Int($0.key) }
        try refuseForeign(wish, attachments, source, in: tx)
        let target = try TicketWriter.insert(draft, in: tx)
        try carry(wish.entries, attachments, to: target, in: tx)
        var links = try copyLinks(of: source, to: target, in: tx)
        links += try link(target, "split_from", source, in: tx)
        let marks = [
            try mark("split off to \(target.key)", source, in: tx),
            try mark("split off from \(source.key)", target, in: tx),
        ]
        let moved = MovedParts(
            before: nil, after: target, queue: try queue(of: target, in: tx),
            entries: wish.entries, attachments: attachments,
            marks: marks, links: links, waits: try MovedWait.all(of: [source.key], in: tx),
            triggers: triggers)
        try remember(.split, from: source, to: target, moved, in: tx)
        try TicketWriter.index(source, in: tx)
        try TicketWriter.index(target, in: tx)
        try tell(source, "target", target, as: "ticket.split", in: tx)
        return target
    }

    /// Names every line and file that the ticket does not have.
    private static func refuseForeign(
        _ wish: SplitTicket, _ attachments: [Int], _ source: Ticket, in tx: ReadTransaction
    ) throws {
        let entries = Set(try ids(in: "ticketing_entry", of: source, in: tx))
        let files = Set(try ids(in: "ticketing_attachment", of: source, in: tx))
        var bad: [RPCError.FieldError] = []
        for (index, id) in wish.entries.enumerated() where !entries.contains(id) {
            bad.append(.init(path: "entries[\(index)]", reason: "is no line of \(source.key)"))
        }
        for (index, ref) in wish.attachments.enumerated()
        where !files.contains(Int(ref.key) ?? 0) || ref.noun != "attachment" {
            bad.append(.init(path: "attachments[\(index)]", reason: "is no file of \(source.key)"))
        }
        if bad.isEmpty, wish.entries.isEmpty, attachments.isEmpty {
            bad.append(.init(path: "entries", reason: "are required, or attachments"))
        }
        guard bad.isEmpty else {
            throw RPCError.invalidParams("Not all of this can go.", fields: bad)
        }
    }

    // MARK: - And back

    /// Undoes a move; both tickets are as if it had never been.
    ///
    /// - Throws: `conflict` with every reason why that is not possible any more.
    static func undo(_ made: Move, in tx: WriteTransaction) throws -> UndoneMove {
        let move = try made.calledAsNow(in: tx)
        let source = try TicketWriter.existing(move.source, in: tx)
        let target = try TicketWriter.existing(move.target, in: tx)
        let subject = move.kind == .merge ? source : target
        let conflicts = try MoveConflicts.all(of: move, subject, target, in: tx)
        guard conflicts.isEmpty else {
            var error = RPCError.conflict(
                "The \(move.kind.rawValue) of \(move.subject) can't be taken back any more.",
                hint: "Link the tickets instead, or undo first what came later.")
            error.fields = conflicts
            throw error
        }
        try carry(move.moved.entries, move.moved.attachments, to: source, in: tx)
        for mark in move.moved.marks {
            try tx.execute("DELETE FROM ticketing_entry WHERE id = ?", mark)
        }
        for link in move.moved.links {
            try TicketLinks.remove(link.from, link.relation, link.to, in: tx)
        }
        try tx.execute("UPDATE ticketing_move SET undone_at = ? WHERE id = ?", tx.now, move.id)
        try restore(move, source, target, in: tx)
        return UndoneMove(
            kind: move.kind, ticket: try TicketWriter.existing(move.source, in: tx),
            entries: move.moved.entries.count, attachments: move.moved.attachments.count)
    }

    private static func restore(
        _ move: Move, _ source: Ticket, _ target: Ticket, in tx: WriteTransaction
    ) throws {
        switch move.kind {
        case .merge:
            if let before = move.moved.before {
                try TicketWriter.restore(
                    before, from: source, move.moved.clocks, as: "ticket.unmerged", in: tx)
            }
            try TicketApprovals.restore(move.moved.approvals, in: tx)
            try TicketWriter.index(target, in: tx)
            try tell(target, "source", source, as: "ticket.gave_back", in: tx)
        case .split:
            try TicketWriter.delete(target, as: "ticket.unsplit", in: tx)
            try TicketWriter.index(source, in: tx)
            try tell(source, "target", target, as: "ticket.rejoined", in: tx)
        }
    }

    // MARK: - Parts

    static func ids(
        in table: String, of ticket: Ticket, in tx: ReadTransaction
    ) throws -> [Int] {
        try tx.rows(
            "SELECT id FROM \(table) WHERE ticket_id = ? ORDER BY id",
            try TicketWriter.id(of: ticket.key, in: tx)
        ).map { try $0.int("id") }
    }

    private static func carry(
        _ entries: [Int], _ attachments: [Int], to ticket: Ticket, in tx: WriteTransaction
    ) throws {
        let home = SQLValue.int(Int64(try TicketWriter.id(of: ticket.key, in: tx)))
        for (table, ids) in [("ticketing_entry", entries), ("ticketing_attachment", attachments)] {
            try tx.execute(
                "UPDATE \(table) SET ticket_id = ? WHERE id = ?",
                forEach: ids.map { [home, .int(Int64($0))] })
        }
    }

    /// Gives a ticket the links that start from another, and answers those that it did not have.
    private static func copyLinks(
        of source: Ticket, to target: Ticket, in tx: WriteTransaction
    ) throws -> [MovedLink] {
        try tx.links(from: source.ref).filter { $0.to != target.ref }.compactMap { link in
            guard try TicketLinks.add(target.ref, link.relation, link.to, in: tx) else {
                return nil
            }
            return MovedLink(from: target.ref, relation: link.relation, to: link.to)
        }
    }

    private static func link(
        _ from: Ticket, _ relation: String, _ to: Ticket, in tx: WriteTransaction
    ) throws -> [MovedLink] {
        guard try TicketLinks.add(from.ref, relation, to.ref, in: tx) else { return [] }
        return [MovedLink(from: from.ref, relation: relation, to: to.ref)]
    }

    private static func queue(of ticket: Ticket, in tx: ReadTransaction) throws -> Int? {
        try ticket.queue.flatMap { try Queue.load($0, in: tx)?.id }
    }

    private static func mark(
        _ text: String, _ ticket: Ticket, in tx: WriteTransaction
    ) throws -> Int {
        try TicketWriter.append(.system, text, to: ticket, in: tx).id
    }

    private static func remember(
        _ kind: Move.Kind, from source: Ticket, to target: Ticket, _ moved: MovedParts,
        in tx: WriteTransaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO ticketing_move (id, kind, source, target, subject, moved, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, try tx.nextID("ticket_move"), kind.rawValue, source.key, target.key,
            kind == .merge ? source.key : target.key, try JSON(encoding: moved), tx.now)
    }
}
