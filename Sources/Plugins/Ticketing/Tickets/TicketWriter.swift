internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes tickets, with audit entry, search document and event in the same transaction.
enum TicketWriter {
    /// Everything of a ticket, with the name of its queue.
    static let select = """
        SELECT t.*, q.name AS queue FROM ticketing_ticket t
        LEFT JOIN ticketing_queue q ON q.id = t.queue_id
        """

    /// Stores a ticket, with a key unless it has one.
    static func insert(_ ticket: Ticket, in tx: WriteTransaction) throws -> Ticket {
        try insert(TicketDraft(ticket), in: tx)
    }

    /// Stores a ticket that was worked out before, with a key unless it has one.
    static func insert(_ draft: TicketDraft, in tx: WriteTransaction) throws -> Ticket {
        var ticket = draft.ticket
        if ticket.key.isEmpty { try giveKey(&ticket, in: tx) }
        let id = try tx.nextID("ticket")
        try tx.execute(
            insertion,
            values: draft.values + [
                id.sqlValue, ticket.key.sqlValue, ticket.kind.rawValue.sqlValue,
                ticket.channel.rawValue.sqlValue, ticket.source.sqlValue,
                ticket.createdAt.sqlValue, ticket.state.rawValue.sqlValue,
            ])
        try tx.index(new: ticket.ref, draft.text.with(label: ticket.key))
        let audited = JSONText(ticket.names, and: draft.audited)
        try tx.audit("ticket.created", ticket.ref, created: audited)
        try tx.announce("ticket.created", ticket.ref, .object(identity(ticket)))
        if ticket.kind == .change { try ChangeWriter.insert(Change(), of: ticket, in: tx) }
        try TicketClocks.opened(ticket, in: tx)
        return ticket
    }

    private static let insertion: String = {
        let columns =
            Ticket.columns + ["id", "key", "kind", "channel", "source", "created_at", "came_as"]
        let places = columns.map(Ticket.place(of:)).joined(separator: ", ")
        return """
            INSERT INTO ticketing_ticket (\(columns.joined(separator: ", ")))
            VALUES (\(places))
            """
    }()

    /// Gives a ticket its key before it is stored, for what has to name it.
    static func giveKey(_ ticket: inout Ticket, in tx: WriteTransaction) throws {
        ticket.key = "\(ticket.kind.prefix)-\(try tx.nextID("ticket_\(ticket.kind.rawValue)"))"
        ticket.ref = Ticket.ref(ticket.key)
    }

    /// Stores what became of a ticket, unless nothing did.
    static func update(
        _ old: Ticket, to new: Ticket, as topic: String, in tx: WriteTransaction
    ) throws -> Ticket {
        guard new != old else { return old }
        var ticket = new
        ticket.updatedAt = tx.now
        // A merge that is taken back brings the generation back as well. None is given twice: who has
        // seen the merged ticket must not pass for somebody who has seen what came after.
        ticket.generation =
            max(old.generation, try MoveWriter.undoneGeneration(of: old, in: tx)) + 1
        try replace(old, by: ticket, as: topic, in: tx)
        try IntakeWriter.changed(old, to: ticket, in: tx)
        try TicketClocks.changed(old, to: ticket, in: tx)
        return try TicketApprovals.changed(ticket, in: tx)
    }

    /// Stores a ticket and its clocks as they once were, its generation included.
    static func restore(
        _ ticket: Ticket, from old: Ticket, _ clocks: [Clock], as topic: String,
        in tx: WriteTransaction
    ) throws {
        try replace(old, by: ticket, as: topic, in: tx)
        try TicketClocks.restore(clocks, of: ticket, in: tx)
    }

    private static func replace(
        _ old: Ticket, by ticket: Ticket, as topic: String, in tx: WriteTransaction
    ) throws {
        try tx.execute(replacement, values: ticket.values + [ticket.key.sqlValue])
        try publish(topic, ticket, before: old, in: tx)
    }

    private static let replacement: String = {
        let members = Ticket.columns.map { "\($0) = \(Ticket.place(of: $0))" }
        return "UPDATE ticketing_ticket SET \(members.joined(separator: ", ")) WHERE key = ?"
    }()

    /// Takes a ticket away, with its links; only for one that should not have been.
    static func delete(_ ticket: Ticket, as topic: String, in tx: WriteTransaction) throws {
        try TicketClocks.deleted(ticket, in: tx)
        try tx.execute(
            "DELETE FROM ticketing_trigger_wait WHERE ticket_id = ?",
            try id(of: ticket.key, in: tx))
        try ChangeWriter.delete(of: ticket, in: tx)
        try tx.execute("DELETE FROM ticketing_ticket WHERE key = ?", ticket.key)
        try tx.unlinkAll(ticket.ref)
        try tx.unindex(ticket.ref)
        try tx.audit(topic, ticket.ref, before: .object(ticket.json), after: nil)
        try tx.announce(topic, ticket.ref, .object(identity(ticket)))
    }

    // MARK: - Moves

    /// The ticket in another state, with a line that says so; whoever asks stores it.
    static func moved(
        _ ticket: Ticket, _ wish: TransitionTicket, because: String? = nil,
        in tx: WriteTransaction
    ) throws -> Ticket {
        let moved = try TicketRules.move(
            ticket, wish, among: TicketGate.next(ticket, in: tx), at: tx.now)
        let reason = moved.holdReason.map { ", \($0.rawValue)" } ?? because.map { ": \($0)" } ?? ""
        let text = "\(ticket.state.rawValue) -> \(moved.state.rawValue)\(reason)"
        _ = try append(.system, text, to: moved, in: tx)
        return moved
    }

    /// Moves a ticket and stores it.
    static func move(_ ticket: Ticket, _ wish: TransitionTicket, in tx: WriteTransaction) throws {
        let moved = try moved(ticket, wish, in: tx)
        _ = try update(ticket, to: moved, as: "ticket.transitioned", in: tx)
    }

    // MARK: - The timeline

    /// Adds a line; the ticket is found by it from then on.
    static func append(
        _ kind: Entry.Kind, _ body: String, workMs: Int? = nil, by author: String? = nil,
        at time: Instant? = nil, to ticket: Ticket, in tx: WriteTransaction
    ) throws -> Entry {
        let entry = Entry(
            id: try tx.nextID("ticket_entry"), kind: kind, author: author ?? tx.author.name,
            body: body, workMs: workMs, at: time ?? tx.now)
        try tx.execute(
            """
            INSERT INTO ticketing_entry (id, ticket_id, kind, author, body, work_ms, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, entry.id, try id(of: ticket.key, in: tx), kind.rawValue, entry.author, body,
            workMs, entry.at)
        return entry
    }

    /// Adds a line that says who has a ticket now.
    static func noteAssignment(of ticket: Ticket, in tx: WriteTransaction) throws {
        let text = "assigned to \(ticket.assignee ?? "nobody"), queue \(ticket.queue ?? "none")"
        _ = try append(.system, text, to: ticket, in: tx)
    }

    /// Adds what somebody says, and says so.
    static func comment(
        _ wish: CommentTicket, on ticket: Ticket, in tx: WriteTransaction
    ) throws -> Entry {
        let entry = try append(
            wish.note ? .note : .message, wish.body ?? "", workMs: wish.workMs, to: ticket, in: tx)
        try index(ticket, in: tx)
        try tx.audit("ticket.commented", ticket.ref, before: nil, after: .object(entry.json))
        var event = identity(ticket)
        event["entry"] = .number(JSON.Number(entry.id))
        event["entry_kind"] = .string(entry.kind.rawValue)
        event["author"] = .string(entry.author)
        try tx.announce("ticket.commented", ticket.ref, .object(event))
        try TicketClocks.said(entry, on: ticket, in: tx)
        return entry
    }

    // MARK: - Links

    /// Links a ticket to another record; nothing happens when it is.
    ///
    /// - Returns: Whether they were not linked so.
    @discardableResult
    static func link(
        _ ticket: Ticket, _ relation: LinkTicket.Relation, _ other: Ref, in tx: WriteTransaction
    ) throws -> Bool {
        guard other != ticket.ref else { throw RPCError.badMember("to", "is the ticket itself") }
        guard try TicketLinks.add(ticket.ref, relation.rawValue, other, in: tx) else {
            return false
        }
        try followLink(ticket, relation.rawValue, in: tx)
        return true
    }

    /// Lets the approvals follow a link: what a ticket touches is a part of what is agreed to.
    static func followLink(
        _ ticket: Ticket, _ relation: String, in tx: WriteTransaction
    ) throws {
        guard relation == LinkTicket.Relation.affects.rawValue else { return }
        _ = try TicketApprovals.changed(ticket, in: tx)
    }

    // MARK: - What others get to see

    private static func publish(
        _ topic: String, _ ticket: Ticket, before old: Ticket, in tx: WriteTransaction
    ) throws {
        if old.texts != ticket.texts || old.facets != ticket.facets { try index(ticket, in: tx) }
        try tx.audit(topic, ticket.ref, before: .object(old.json), after: .object(ticket.json))
        var event = identity(ticket)
        if old.state != ticket.state { event["previous_state"] = .string(old.state.rawValue) }
        try tx.announce(topic, ticket.ref, .object(event))
    }

    /// Lets a ticket be found by what it says now.
    static func index(_ ticket: Ticket, in tx: WriteTransaction) throws {
        let said = try newestLines(of: ticket, in: tx) + beside(ticket, in: tx)
        try tx.unindex(ticket.ref)
        let text = SearchText(ticket.document(saying: said)).with(label: ticket.key)
        try tx.index(new: ticket.ref, text)
    }

    /// What belongs to a ticket beside its lines: the plan of a change, what was said to those who
    /// agree, the names of its files; as much of it as of the lines.
    private static func beside(_ ticket: Ticket, in tx: ReadTransaction) throws -> [String] {
        var texts: [String] = []
        if ticket.kind == .change { texts += try ChangeWriter.load(ticket, in: tx).texts }
        if ticket.kind == .change || ticket.kind == .request {
            texts += try ApprovalWriter.approvals(of: ticket, in: tx).suffix(100).flatMap {
                [$0.comment] + $0.votes.map(\.comment)
            }
        }
        texts += try tx.rows(
            "SELECT name FROM ticketing_attachment WHERE ticket_id = ? ORDER BY id DESC LIMIT 100",
            try id(of: ticket.key, in: tx)
        ).map { try $0.text("name") }
        var bytes = 0
        return texts.filter { !$0.isEmpty }.prefix { text in
            defer { bytes += text.utf8.count }
            return bytes < indexedBytes
        }
    }

    /// How much of the lines a ticket is found by, in bytes: each one that is added costs as much.
    static let indexedBytes = 65_536

    /// The newest lines, as many as fill ``indexedBytes``, in the order in which they were written.
    private static func newestLines(
        of ticket: Ticket, in tx: ReadTransaction
    ) throws -> [String] {
        let id = try id(of: ticket.key, in: tx)
        var (lines, bytes, last) = ([String](), 0, Int.max)
        while bytes < indexedBytes {
            let rows = try tx.rows(
                """
                SELECT id, body FROM ticketing_entry WHERE ticket_id = ? AND kind <> ? AND id < ?
                ORDER BY id DESC LIMIT 100
                """, id, Entry.Kind.system.rawValue, last)
            for row in rows where bytes < indexedBytes {
                lines.append(try row.text("body"))
                bytes += lines[lines.count - 1].utf8.count
            }
            guard rows.count == 100 else { break }
            last = try rows[99].int("id")
        }
        return lines.reversed()
    }

    /// What every event of a ticket says about it.
    static func identity(_ ticket: Ticket) -> JSON.Object {
        [
            "ticket": .string(ticket.ref.description), "kind": .string(ticket.kind.rawValue),
            "title": .string(ticket.title), "state": .string(ticket.state.rawValue),
            "priority": .number(JSON.Number(ticket.priority)),
            "queue": ticket.queue.map(JSON.string) ?? .null,
            "assignee": ticket.assignee.map(JSON.string) ?? .null,
        ]
    }
}
