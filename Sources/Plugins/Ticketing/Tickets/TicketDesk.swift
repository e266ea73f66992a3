internal import OpsCore
internal import OpsJSONRPC

/// Opens, changes and shows tickets; an actor on the loop that keeps nothing but its settings.
actor TicketDesk {
    nonisolated let store: Store
    private nonisolated let loop: EventLoop
    private nonisolated let time: any TimeSource
    private var matrix: PriorityMatrix
    private let policy: Guarded<ChangePolicy>

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        store: Store, loop: EventLoop, time: any TimeSource, matrix: PriorityMatrix,
        policy: Guarded<ChangePolicy>
    ) {
        self.store = store
        self.loop = loop
        self.time = time
        self.matrix = matrix
        self.policy = policy
    }

    /// Takes other priorities for what is judged from now on.
    func use(_ matrix: PriorityMatrix) { self.matrix = matrix }

    /// What priorities are judged by at this moment.
    var currentMatrix: PriorityMatrix { matrix }

    // MARK: - Opening

    func create(_ wish: CreateTicket, for call: Call) async throws -> Ticket {
        let draft = try Self.draft(wish, matrix, at: time.now())
        return try await call.write(to: store) { tx in
            if let source = wish.source, let known = try TicketWriter.load(source: source, in: tx) {
                return known
            }
            var ticket = draft
            if let key = wish.queue { try Self.put(&ticket, into: key, in: tx) }
            let opened = try TicketWriter.insert(ticket, in: tx)
            if opened.kind == .change { try ChangeWriter.insert(Change(), of: opened, in: tx) }
            return opened
        }
    }

    private static func draft(
        _ wish: CreateTicket, _ matrix: PriorityMatrix, at now: Instant
    ) throws(RPCError) -> Ticket {
        var ticket = Ticket(
            ref: Ticket.ref("new"), key: "", kind: wish.kind, title: wish.title,
            description: wish.description, state: .new, impact: wish.impact,
            urgency: wish.urgency, priority: 0, requester: wish.requester,
            assignee: wish.assignee, labels: wish.labels, channel: wish.channel,
            source: wish.source, knownError: false, reopenCount: 0, createdAt: now,
            updatedAt: now, generation: 1)
        try prioritize(&ticket, wish.priority, wish.priorityReason, by: matrix)
        return ticket
    }

    /// Sets the priority: the one that is asked for with a reason, or that of the matrix.
    private static func prioritize(
        _ ticket: inout Ticket, _ wish: Int?, _ reason: String?, by matrix: PriorityMatrix
    ) throws(RPCError) {
        let computed = matrix.priority(impact: ticket.impact, urgency: ticket.urgency)
        guard let wish, wish != 0, wish != computed else {
            // An override that nobody has touched stays.
            if wish == nil, ticket.priorityReason != nil {
                ticket.priorityReason = reason ?? ticket.priorityReason
                return
            }
            guard reason == nil else {
                throw .badMember("priority_reason", "belongs to a priority that is not \(computed)")
            }
            ticket.priority = computed
            ticket.priorityReason = nil
            return
        }
        guard let reason = reason ?? ticket.priorityReason else {
            throw .badMember(
                "priority_reason", "is required: impact and urgency make priority \(computed)")
        }
        ticket.priority = wish
        ticket.priorityReason = reason
    }

    // MARK: - Changing

    func update(_ change: UpdateTicket, for call: Call) async throws -> Ticket {
        let matrix = matrix
        return try await rewrite(
            change.ticket, change.generation, as: "ticket.updated", for: call
        ) { ticket, _ in
            if let title = change.title { ticket.title = title }
            if let description = change.description { ticket.description = description }
            if let impact = change.impact { ticket.impact = impact }
            if let urgency = change.urgency { ticket.urgency = urgency }
            if let requester = change.requester { ticket.requester = requester.orNil }
            if let labels = change.labels { ticket.labels = labels }
            try Self.learn(&ticket, change)
            try Self.prioritize(&ticket, change.priority, change.priorityReason, by: matrix)
        }
    }

    /// What is known of a problem.
    private static func learn(_ ticket: inout Ticket, _ change: UpdateTicket) throws(RPCError) {
        let members = [
            ("root_cause", change.rootCause != nil), ("workaround", change.workaround != nil),
            ("known_error", change.knownError != nil),
        ]
        if ticket.kind != .problem, let given = members.first(where: { $0.1 }) {
            throw .badMember(given.0, "belongs to a problem, and this is \(ticket.kind.article)")
        }
        if let cause = change.rootCause { ticket.rootCause = cause.orNil }
        if let workaround = change.workaround { ticket.workaround = workaround.orNil }
        if let known = change.knownError { ticket.knownError = known }
        guard !ticket.knownError || ticket.rootCause != nil || ticket.workaround != nil else {
            throw .badMember("known_error", "takes a root_cause or a workaround")
        }
    }

    func transition(_ wish: TransitionTicket, for call: Call) async throws -> Ticket {
        let policy = policy.withLock { $0 }
        return try await rewrite(
            wish.ticket, wish.generation, as: "ticket.transitioned", for: call
        ) { ticket, tx in
            let before = ticket
            ticket = try TicketRules.move(
                ticket, wish, among: TicketGate.next(ticket, in: tx), at: tx.now)
            try TicketGate.pass(before, to: ticket, policy, in: tx)
            let reason = ticket.holdReason.map { ", \($0.rawValue)" } ?? ""
            let text = "\(before.state.rawValue) -> \(ticket.state.rawValue)\(reason)"
            _ = try TicketWriter.append(.system, text, to: ticket, in: tx)
        }
    }

    func assign(_ wish: AssignTicket, for call: Call) async throws -> Ticket {
        guard wish.assignee != nil || wish.queue != nil else {
            throw RPCError.badMember("assignee", "is required, or a queue")
        }
        return try await rewrite(
            wish.ticket, wish.generation, as: "ticket.assigned", for: call
        ) { ticket, tx in
            let old = ticket
            if let queue = wish.queue { try Self.put(&ticket, into: queue, in: tx) }
            if let assignee = wish.assignee { ticket.assignee = assignee.orNil }
            guard ticket != old else { return }
            let text = "assigned to \(ticket.assignee ?? "nobody"), queue \(ticket.queue ?? "none")"
            _ = try TicketWriter.append(.system, text, to: ticket, in: tx)
        }
    }

    /// An empty key takes a ticket out of its queue.
    private static func put(
        _ ticket: inout Ticket, into key: String, in tx: ReadTransaction
    ) throws {
        guard !key.isEmpty else { return ticket.queue = nil }
        guard let queue = try QueueWriter.load(key, in: tx) else {
            throw RPCError.badMember("queue", "is no queue: \"\(key)\"")
        }
        ticket.queue = queue.name
        ticket.assignee = ticket.assignee ?? queue.assignee
    }

    func comment(_ wish: CommentTicket, for call: Call) async throws -> Entry {
        try await call.write(to: store) { tx in
            try TicketWriter.comment(wish, on: TicketWriter.find(wish.ticket, in: tx), in: tx)
        }
    }

    private func rewrite(
        _ key: String, _ generation: Int?, as topic: String, for call: Call,
        _ change: @escaping @Sendable (inout Ticket, WriteTransaction) throws -> Void
    ) async throws -> Ticket {
        try await call.write(to: store) { tx in
            let old = try TicketWriter.find(key, in: tx)
            try Staleness.refuse(generation, old, in: tx)
            var new = old
            try change(&new, tx)
            return try TicketWriter.update(old, to: new, as: topic, in: tx)
        }
    }

    // MARK: - Reading

    func get(_ params: GetTicket) async throws -> TicketPage {
        let now = time.now()
        return try await store.read { tx in
            let ticket = try TicketWriter.find(params.ticket, in: tx)
            let id = try TicketWriter.id(of: ticket.key, in: tx)
            let newest = try tx.rows(
                "SELECT * FROM ticketing_entry WHERE ticket_id = ? ORDER BY id DESC LIMIT ?", id,
                params.limit)
            let work = try tx.row(
                "SELECT SUM(work_ms) AS total FROM ticketing_entry WHERE ticket_id = ?", id)
            return TicketPage(
                ticket: ticket, nextStates: try TicketGate.next(ticket, in: tx),
                timeline: try newest.reversed().map(Entry.init(row:)),
                workMs: try work?.optionalInt("total") ?? 0, links: try tx.links(of: ticket.ref),
                clocks: try ClockView.all(of: ticket, at: now, in: tx),
                suspects: try Suspects.changes(before: ticket, in: tx))
        }
    }

    func list(_ params: ListTickets) async throws -> Page<TicketRow> {
        try await store.read { tx in
            let question = try TicketQuestion(params, in: tx)
            let rows = try tx.rows(question.sql, arguments: question.arguments)
            let items = try rows.prefix(params.limit).map { TicketRow(try Ticket(row: $0)) }
            let last = rows.count > params.limit ? rows[params.limit - 1] : nil
            return Page(items: items, nextCursor: try last.map { try question.cursor(after: $0) })
        }
    }

    func timeline(_ params: TicketTimeline) async throws -> Page<Entry> {
        let after = try params.cursor.map { text throws(RPCError) in
            guard let id = Int(text) else { throw .badMember("cursor", "is none of this method") }
            return id
        }
        return try await store.read { tx in
            let ticket = try TicketWriter.find(params.ticket, in: tx)
            let entries = try tx.rows(
                """
                SELECT * FROM ticketing_entry WHERE ticket_id = ? AND id > ? ORDER BY id LIMIT ?
                """, try TicketWriter.id(of: ticket.key, in: tx), after ?? 0, params.limit + 1
            ).map(Entry.init(row:))
            let page = entries.prefix(params.limit)
            let next = entries.count > page.count ? page.last.map { String($0.id) } : nil
            return Page(items: Array(page), nextCursor: next)
        }
    }
}

extension String {
    /// Nothing where there is no text.
    var orNil: String? { isEmpty ? nil : self }
}

extension TicketKind {
    /// In a sentence: `an incident`.
    fileprivate var article: String {
        switch self {
        case .incident: "an incident"
        case .request: "a request"
        case .problem: "a problem"
        case .change: "a change"
        }
    }
}
