internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// What a line of a file says of a ticket: what `ticket.create` takes, and what was before.
struct TicketLine: Sendable {
    /// What a file may have columns for, beside the fields of an installation.
    static let columns: [ImportColumn] = [
        ImportColumn("source"), ImportColumn("kind"), ImportColumn("title"),
        ImportColumn("description"), ImportColumn("state"), ImportColumn("impact", .number),
        ImportColumn("urgency", .number), ImportColumn("priority", .number),
        ImportColumn("priority_reason"), ImportColumn("requester"), ImportColumn("assignee"),
        ImportColumn("queue"), ImportColumn("labels"), ImportColumn("channel"),
        ImportColumn("created_at"), ImportColumn("hold_reason"), ImportColumn("resolution"),
        ImportColumn("resolution_code"), ImportColumn("resolved_at"), ImportColumn("closed_at"),
        ImportColumn("work_ms", .number), ImportColumn("items", .list),
    ]
    static let names = Set(columns.map(\.name) + ["fields"])

    /// What it came from, by which it is told apart.
    let source: String
    /// The queue, by ref or name; nothing where the line says none.
    var queue: String? { given["queue"]?.string }
    /// What was before the ticket came.
    let past: TicketPast
    /// The new ticket, in the queue as it was when the line was read, or why it can be none; nil where the
    /// ticket was there by then.
    private let draft: Result<TicketDraft, RPCError>?
    /// The members that the line says, without those that it leaves empty.
    private let given: JSON.Object
    /// The members that the line says or leaves empty.
    private let said: Set<String>

    /// Reads a record, before the write begins, which others wait for.
    ///
    /// - Throws: `invalid_params` with what is wrong whatever ticket it is.
    init(_ record: ImportedRecord, _ desk: ImportSetting) throws(RPCError) {
        var members = record.members
        if let cells = record.fields {
            members["fields"] = .object(desk.policy.fields.values(ofCells: cells))
        }
        said = Set(members.keys)
        members = JSON.Object(members.filter { !$0.value.isNull }.map { ($0.key, $0.value) })
        var bad: [RPCError.FieldError] = []
        let past = Self.past(&members, &bad)
        if let text = members["labels"]?.string {
            if let labels = Self.labels(text) {
                members["labels"] = .object(labels)
            } else {
                bad.append(.init(path: "labels", reason: "must be like env=test, site=ulm"))
            }
        }
        if members["source"] == nil {
            bad.append(.init(path: "source", reason: "is required: by it tickets are told apart"))
        }
        if members["template"] != nil {
            bad.append(.init(path: "template", reason: "is for ticket.create; a line says it all"))
        }
        guard bad.isEmpty else { throw .badMembers(bad) }
        (source, given, self.past) = (members["source"]?.string ?? "", members, past)
        draft = desk.known.contains(source) ? nil : Self.draft(members, past, desk)
    }

    private static func draft(
        _ given: JSON.Object, _ past: TicketPast, _ desk: ImportSetting
    ) -> Result<TicketDraft, RPCError> {
        Result { () throws(RPCError) in
            var ticket = try TicketDesk.draft(LineWish(given), desk.policy, at: desk.now)
            try past.apply(to: &ticket, at: desk.now)
            if ticket.kind.needsRequester { ticket.requester = ticket.requester ?? desk.author }
            if let queue = given["queue"]?.string.flatMap({ desk.queues[$0] }) {
                ticket.enter(queue)
            }
            return TicketDraft(ticket)
        }
    }

    /// The ticket if it is new, in a queue as it is now.
    ///
    /// - Throws: why it can be none.
    func draft(in queue: Queue?, _ desk: ImportSetting) throws(RPCError) -> TicketDraft {
        let draft = try (draft ?? Self.draft(given, past, desk)).get()
        guard let queue else { return draft }
        var ticket = draft.ticket
        ticket.assignee = given["assignee"]?.string
        ticket.enter(queue)
        // Most likely nobody has changed the queue since.
        return ticket == draft.ticket ? draft : TicketDraft(ticket)
    }

    /// Takes what was before out of the members.
    private static func past(
        _ members: inout JSON.Object, _ bad: inout [RPCError.FieldError]
    ) -> TicketPast {
        var said = JSON.Object()
        for name in TicketPast.names {
            guard let value = members[name] else { continue }
            said[name] = value
            members[name] = nil
        }
        guard !said.isEmpty else { return TicketPast() }
        do throws(RPCError) {
            return try TicketPast(said)
        } catch {
            bad += error.fields
            return TicketPast()
        }
    }

    /// The labels of a cell: `env=test, site=ulm`, or an object as `ticket.export` writes it.
    private static func labels(_ text: String) -> JSON.Object? {
        if text.hasPrefix("{") { return (try? JSON.parse(text))?.object }
        var labels: JSON.Object = [:]
        for word in text.split(whereSeparator: { ",; \t\n".contains($0) }) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            labels[String(parts[0])] = .string(String(parts[1]))
        }
        return labels
    }

    func says(_ member: String) -> Bool { said.contains(member) }

    /// A ticket that there is, with what the line says of it, yet in its old queue.
    func changed(_ old: Ticket, _ policy: TicketingPolicy) throws(RPCError) -> Ticket {
        var given = given
        if !says("title") { given["title"] = .string(old.title) }
        let wish = try LineWish(given)
        try refuseOther(wish, than: old)
        var ticket = old
        ticket.title = wish.title
        if says("description") { ticket.description = wish.description }
        if says("impact") { ticket.impact = wish.impact }
        if says("urgency") { ticket.urgency = wish.urgency }
        if says("requester") {
            ticket.requester = wish.requester ?? (old.kind.needsRequester ? old.requester : nil)
        }
        if says("assignee") { ticket.assignee = wish.assignee }
        if says("labels") { ticket.labels = wish.labels }
        if says("fields") {
            ticket.fields = try policy.fields.apply(wish.fields, to: old.fields, of: old.kind)
        }
        guard ["impact", "urgency", "priority", "priority_reason"].contains(where: says) else {
            return ticket
        }
        let priority = says("priority") ? wish.priority ?? 0 : nil
        try TicketDesk.prioritize(&ticket, priority, wish.priorityReason, by: policy.matrix)
        return ticket
    }

    /// Refuses what no ticket changes any more.
    private func refuseOther(_ wish: LineWish, than old: Ticket) throws(RPCError) {
        let stays = [
            ("kind", given["kind"] != nil && wish.kind != old.kind, old.kind.rawValue),
            (
                "channel", given["channel"] != nil && wish.channel != old.channel,
                old.channel.rawValue
            ),
            (
                "created_at", past.createdAt.map { $0 != old.createdAt } ?? false,
                old.createdAt.description
            ),
        ]
        guard let (member, _, value) = stays.first(where: { $0.1 }) else { return }
        throw .badMember(member, "is \(value) in \(old.key), and stays so")
    }
}

/// A line as it was read before the write began: what it says, or what is wrong with it.
struct PreparedLine: Sendable {
    let number: Int
    let line: Result<TicketLine, RPCError>

    init(_ record: ImportedRecord, _ desk: ImportSetting) {
        number = record.line
        line = Result { () throws(RPCError) in try TicketLine(record, desk) }
    }
}
