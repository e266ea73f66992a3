internal import OpsCore
internal import OpsJSONRPC

/// Reads and writes tickets, with audit entry, search document and event in the same transaction.
enum TicketWriter {
    /// Everything of a ticket, with the name of its queue.
    static let select = """
        SELECT t.*, q.name AS queue FROM ticketing_ticket t
        LEFT JOIN ticketing_queue q ON q.id = t.queue_id
        """

    /// Gives a ticket its key and stores it.
    static func insert(_ ticket: Ticket, in tx: WriteTransaction) throws -> Ticket {
        var ticket = ticket
        let number = try tx.nextID("ticket_\(ticket.kind.rawValue)")
        ticket.key = "\(ticket.kind.prefix)-\(number)"
        ticket.ref = Ticket.ref(ticket.key)
        try tx.execute(
            """
            INSERT INTO ticketing_ticket (
                title, description, state, is_open, hold_reason, impact, urgency, priority,
                priority_reason, requester, assignee, queue_id, labels, fields, resolution,
                resolution_code, root_cause, workaround, known_error, reopen_count, updated_at,
                resolved_at, closed_at, generation, id, key, kind, channel, source, created_at,
                came_as)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                (SELECT id FROM ticketing_queue WHERE name = ?),
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments: try columns(ticket) + [
                try tx.nextID("ticket"), ticket.key, ticket.kind.rawValue,
                ticket.channel.rawValue, ticket.source, ticket.createdAt, ticket.state.rawValue,
            ])
        try publish("ticket.created", ticket, before: nil, in: tx)
        if ticket.kind == .change { try ChangeWriter.insert(Change(), of: ticket, in: tx) }
        try TicketClocks.opened(ticket, in: tx)
        return ticket
    }

    /// Stores what became of a ticket, unless nothing did.
    static func update(
        _ old: Ticket, to new: Ticket, as topic: String, in tx: WriteTransaction
    ) throws -> Ticket {
        guard new != old else { return old }
        var ticket = new
        ticket.updatedAt = tx.now
        ticket.generation = old.generation + 1
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
        try tx.execute(
            """
            UPDATE ticketing_ticket SET title = ?, description = ?, state = ?, is_open = ?,
                hold_reason = ?, impact = ?, urgency = ?, priority = ?, priority_reason = ?,
                requester = ?, assignee = ?,
                queue_id = (SELECT id FROM ticketing_queue WHERE name = ?),
                labels = ?, fields = ?, resolution = ?, resolution_code = ?, root_cause = ?,
                workaround = ?, known_error = ?, reopen_count = ?, updated_at = ?,
                resolved_at = ?, closed_at = ?, generation = ?
            WHERE key = ?
            """, arguments: try columns(ticket) + [ticket.key])
        try publish(topic, ticket, before: old, in: tx)
    }

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
        try tx.audit(topic, ticket.ref, before: try JSON(encoding: ticket), after: nil)
        try tx.announce(topic, ticket.ref, .object(identity(ticket)))
    }

    private static func columns(_ ticket: Ticket) throws -> [(any SQLConvertible)?] {
        [
            ticket.title, ticket.description, ticket.state.rawValue, ticket.state.isOpen,
            ticket.holdReason?.rawValue, ticket.impact, ticket.urgency, ticket.priority,
            ticket.priorityReason, ticket.requester, ticket.assignee, ticket.queue,
            try JSON(encoding: ticket.labels), JSON.object(ticket.fields), ticket.resolution,
            ticket.resolutionCode?.rawValue,
            ticket.rootCause, ticket.workaround, ticket.knownError, ticket.reopenCount,
            ticket.updatedAt, ticket.resolvedAt, ticket.closedAt, ticket.generation,
        ]
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
        try tx.audit("ticket.commented", ticket.ref, before: nil, after: try JSON(encoding: entry))
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
        _ topic: String, _ ticket: Ticket, before old: Ticket?, in tx: WriteTransaction
    ) throws {
        if let old {
            let isFoundOtherwise =
                text(of: old) != text(of: ticket) || facets(of: old) != facets(of: ticket)
            if isFoundOtherwise { try index(ticket, in: tx) }
        } else {
            // Nobody has said anything about a ticket that is just opened, so nothing is read.
            try index(ticket, saying: [], in: tx)
        }
        try tx.audit(
            topic, ticket.ref, before: try old.map { try JSON(encoding: $0) },
            after: try JSON(encoding: ticket))
        var event = identity(ticket)
        if let old, old.state != ticket.state {
            event["previous_state"] = .string(old.state.rawValue)
        }
        try tx.announce(topic, ticket.ref, .object(event))
    }

    /// Lets a ticket be found by what it says now.
    static func index(_ ticket: Ticket, in tx: WriteTransaction) throws {
        try index(ticket, saying: newestLines(of: ticket, in: tx) + beside(ticket, in: tx), in: tx)
    }

    private static func index(
        _ ticket: Ticket, saying said: [String], in tx: WriteTransaction
    ) throws {
        try tx.index(
            SearchDocument(
                ref: ticket.ref, title: ticket.title,
                body: (text(of: ticket).dropFirst() + said).joined(separator: "\n"),
                labels: [ticket.key] + ticket.labels.map { "\($0.key) \($0.value)" }.sorted(),
                facets: facets(of: ticket)))
    }

    /// What is longer is a text to look for, and nothing to choose by; in bytes.
    private static let longestFacet = 200

    /// What a search for tickets can be filtered by.
    private static func facets(of ticket: Ticket) -> [String: String] {
        var facets = [
            "kind": ticket.kind.rawValue, "state": ticket.state.rawValue,
            "open": String(ticket.state.isOpen), "priority": String(ticket.priority),
        ]
        facets["queue"] = ticket.queue
        facets["assignee"] = ticket.assignee
        facets["requester"] = ticket.requester
        for (name, value) in ticket.labels { facets["labels.\(name)"] = value }
        for (name, value) in ticket.fields where value.text.utf8.count <= longestFacet {
            facets["fields.\(name)"] = value.string ?? value.text
        }
        return facets
    }

    /// What a ticket itself says, its title first.
    private static func text(of ticket: Ticket) -> [String] {
        [
            ticket.title, ticket.description, ticket.resolution, ticket.rootCause,
            ticket.workaround,
        ].compactMap { $0 } + ticket.fields.keys.sorted().compactMap { ticket.fields[$0]?.string }
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
