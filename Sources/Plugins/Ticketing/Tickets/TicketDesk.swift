internal import OpsCore
internal import OpsJSONRPC

/// Opens, changes and shows tickets; an actor on the loop that keeps nothing but its settings.
actor TicketDesk {
    nonisolated let store: Store
    private nonisolated let loop: EventLoop
    private nonisolated let time: any TimeSource
    private var policy: TicketingPolicy

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(store: Store, loop: EventLoop, time: any TimeSource, policy: TicketingPolicy) {
        self.store = store
        self.loop = loop
        self.time = time
        self.policy = policy
    }

    /// Takes other rules for what is judged from now on.
    func use(_ policy: TicketingPolicy) { self.policy = policy }

    /// The rules that are judged by at this moment.
    var currentPolicy: TicketingPolicy { policy }

    // MARK: - Opening

    func create(_ wish: CreateTicket, for call: Call) async throws -> Ticket {
        var wish = wish
        if call.seesOwnOnly { try Ownership.restrict(&wish, to: call.principal) }
        let (given, template) = (wish, try await template(wish.template))
        if let template {
            wish = try template.applied(to: wish.given)
            // What is for those who work on tickets may come from their template, who asks may not.
            if call.seesOwnOnly { wish.requester = given.requester }
        }
        // Nobody agrees to what they ask for themselves, so it is known who asks.
        if wish.kind.needsRequester { wish.requester = wish.requester ?? call.principal.name }
        let policy = policy
        let draft = try Self.draft(wish, policy, at: time.now())
        return try await write(for: call, policy) { [wish] tx in
            if let source = wish.source, let known = try TicketWriter.load(source: source, in: tx) {
                return try MoveWriter.live(known, in: tx)
            }
            var ticket = draft
            if let key = wish.queue { try Self.put(&ticket, into: key, in: tx) }
            if wish.description.isEmpty, let template {
                try TicketWriter.giveKey(&ticket, in: tx)
                ticket.description = try template.filled(by: ticket, policy.fields)
            }
            ticket = try TicketWriter.insert(ticket, in: tx)
            for item in wish.items { try TicketWriter.link(ticket, .affects, item, in: tx) }
            return ticket
        }
    }

    private func template(_ key: String?) async throws -> TicketTemplate? {
        guard let key else { return nil }
        return try await store.read { tx in
            guard let template = try TicketTemplate.load(key, in: tx) else {
                throw RPCError.badMember("template", "is no template: \"\(key)\"")
            }
            return template
        }
    }

    /// Writes a ticket, and answers it as it is once triggers have answered to what was done.
    private func write(
        for call: Call, _ policy: TicketingPolicy,
        _ body: @escaping @Sendable (WriteTransaction) throws -> Ticket
    ) async throws -> Ticket {
        try await call.write(to: store) { tx in
            let ticket = try body(tx)
            guard try TriggerRun.follow(policy, in: tx) else { return ticket }
            return try TicketWriter.existing(ticket.key, in: tx)
        }
    }

    /// The ticket that is asked for, yet without key and queue.
    static func draft(
        _ wish: some TicketWish, _ policy: TicketingPolicy, at now: Instant
    ) throws(RPCError) -> Ticket {
        var ticket = Ticket(
            ref: Ticket.ref("new"), key: "", kind: wish.kind, title: wish.title,
            description: wish.description, state: .new, impact: wish.impact,
            urgency: wish.urgency, priority: 0, requester: wish.requester,
            assignee: wish.assignee, labels: wish.labels, channel: wish.channel,
            source: wish.source, knownError: false, reopenCount: 0, createdAt: now,
            updatedAt: now, generation: 1)
        ticket.fields = try policy.fields.apply(wish.fields, to: [:], of: wish.kind)
        try prioritize(&ticket, wish.priority, wish.priorityReason, by: policy.matrix)
        return ticket
    }

    /// Sets the priority: the one that is asked for with a reason, or that of the matrix.
    static func prioritize(
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
        let policy = policy
        return try await rewrite(
            change.ticket, change.generation, as: "ticket.updated", for: call
        ) { ticket, _ in
            if let title = change.title { ticket.title = title }
            if let description = change.description { ticket.description = description }
            if let impact = change.impact { ticket.impact = impact }
            if let urgency = change.urgency { ticket.urgency = urgency }
            if let requester = change.requester {
                guard !requester.isEmpty || !ticket.kind.needsRequester else {
                    throw RPCError.badMember(
                        "requester", "has to be known: \(ticket.kind.article) is somebody's")
                }
                ticket.requester = requester.orNil
            }
            if let labels = change.labels { ticket.labels = labels }
            if let fields = change.fields {
                ticket.fields = try policy.fields.apply(fields, to: ticket.fields, of: ticket.kind)
            }
            try Self.learn(&ticket, change)
            try Self.prioritize(
                &ticket, change.priority, change.priorityReason, by: policy.matrix)
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
        let policy = policy.changes
        return try await rewrite(
            wish.ticket, wish.generation, as: "ticket.transitioned", for: call
        ) { ticket, tx in
            let moved = try TicketWriter.moved(ticket, wish, in: tx)
            try TicketGate.pass(ticket, to: moved, policy, in: tx)
            ticket = moved
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
            try TicketWriter.noteAssignment(of: ticket, in: tx)
        }
    }

    /// An empty key takes a ticket out of its queue.
    static func put(
        _ ticket: inout Ticket, into key: String, in tx: ReadTransaction
    ) throws {
        guard !key.isEmpty else { return ticket.queue = nil }
        let queue = try Queue.named(key, in: tx)
        ticket.enter(queue)
    }

    func comment(_ wish: CommentTicket, for call: Call) async throws -> Entry {
        if call.seesOwnOnly { try Ownership.restrict(wish) }
        guard (wish.body == nil) != (wish.template == nil) else {
            throw RPCError.badMember("body", "is required, or a template; not both")
        }
        let (policy, template) = (policy, try await template(wish.template))
        return try await call.write(to: store) { tx in
            // What is said to a ticket that was merged is for the one that goes on.
            let ticket = try MoveWriter.live(
                TicketWriter.ticket(wish.ticket, for: call, in: tx), in: tx)
            var wish = wish
            if let template {
                wish.body = try template.comment(on: ticket, policy.fields)
            }
            let entry = try TicketWriter.comment(wish, on: ticket, in: tx)
            try TriggerRun.follow(policy, in: tx)
            return entry
        }
    }

    func link(_ wish: LinkTicket, for call: Call) async throws -> Link {
        let policy = policy
        return try await call.write(to: store) { tx in
            let ticket = try TicketWriter.ticket(wish.ticket, for: call, in: tx)
            try TicketWriter.link(ticket, wish.relation, wish.to, in: tx)
            try TriggerRun.follow(policy, in: tx)
            let link = try tx.link(between: ticket.ref, wish.relation.rawValue, wish.to)
            guard let link else {
                preconditionFailure("A link that was made in this transaction is not in it.")
            }
            return link
        }
    }

    private func rewrite(
        _ key: String, _ generation: Int?, as topic: String, for call: Call,
        _ change: @escaping @Sendable (inout Ticket, WriteTransaction) throws -> Void
    ) async throws -> Ticket {
        try await write(for: call, policy) { tx in
            let old = try TicketWriter.ticket(key, for: call, in: tx)
            try Staleness.refuse(generation, old, in: tx)
            var new = old
            try change(&new, tx)
            return try TicketWriter.update(old, to: new, as: topic, in: tx)
        }
    }

    // MARK: - Reading

    func get(_ params: GetTicket, for call: Call) async throws -> TicketPage {
        let now = time.now()
        return try await store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            let timeline = try Timeline.newest(
                params.limit, of: ticket, messagesOnly: call.seesOwnOnly, in: tx)
            var page = TicketPage(
                ticket: ticket, nextStates: [], timeline: timeline, workMs: 0, links: [])
            // The rest is for those who work on it.
            guard !call.seesOwnOnly else { return page }
            page.nextStates = try TicketGate.next(ticket, in: tx)
            page.clocks = try ClockView.all(of: ticket, at: now, in: tx)
            page.suspects = try Suspects.changes(before: ticket, in: tx)
            page.workMs = try Timeline.workMs(of: ticket, in: tx)
            page.links = try tx.links(of: ticket.ref)
            return page
        }
    }

    func list(_ params: ListTickets, for call: Call) async throws -> Page<TicketRow> {
        try await store.read { tx in
            let page = try Self.page(params, for: call, in: tx)
            return Page(
                items: page.tickets.map { TicketRow($0, workMs: $1) }, nextCursor: page.next)
        }
    }

    func export(_ params: ExportTickets, for call: Call) async throws -> ExportedTickets {
        let page = try await store.read { tx in try Self.page(params.list, for: call, in: tx) }
        // Off the loop, as everything that takes its time by the megabyte.
        let text = try await loop.workers.run {
            TicketFile.text(page.tickets, as: params.format)
        }
        return ExportedTickets(
            format: params.format, text: text, count: page.tickets.count, nextCursor: page.next)
    }

    static func page(
        _ params: ListTickets, for call: Call, in tx: ReadTransaction
    ) throws -> (tickets: [(Ticket, workMs: Int)], next: String?) {
        var params = params
        if let key = params.view {
            params = try ViewWriter.find(key, for: .init(call), in: tx).applied(to: params.given)
        }
        let question = try TicketQuestion(
            params, by: call.principal, ownOnly: call.seesOwnOnly, in: tx)
        let rows = try tx.rows(question.sql, arguments: question.arguments)
        let last = rows.count > params.limit ? rows[params.limit - 1] : nil
        return (
            try rows.prefix(params.limit).map {
                (try Ticket(row: $0), try $0.optionalInt("work_ms") ?? 0)
            },
            try last.map { try question.cursor(after: $0) }
        )
    }

    func time(_ params: ReportTime) async throws -> TimeReport {
        let to = params.to ?? time.now()
        let from = params.from ?? to - .seconds(30 * 86_400)
        guard from < to else { throw RPCError.badMember("to", "must be after from") }
        return try await store.read { tx in
            try Timeline.time(params, from: from, to: to, in: tx)
        }
    }

    func timeline(_ params: TicketTimeline, for call: Call) async throws -> Page<Entry> {
        let after = try TicketWriter.number(ofCursor: params.cursor)
        return try await store.read { tx in
            let ticket = try TicketWriter.ticket(params.ticket, for: call, in: tx)
            let entries = try Timeline.entries(
                of: ticket, after: after, limit: params.limit + 1, messagesOnly: call.seesOwnOnly,
                in: tx)
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
    var article: String {
        switch self {
        case .incident: "an incident"
        case .request: "a request"
        case .problem: "a problem"
        case .change: "a change"
        }
    }
}
