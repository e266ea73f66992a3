internal import OpsCore
internal import OpsJSONRPC

/// `trigger.create`.
struct CreateTrigger: RecordCreation {
    static let name = "trigger.create"
    static let summary =
        "Creates a trigger: what is done by itself when something happens to tickets."
    static let effect = Effect.write
    typealias Result = Trigger

    @Param("The trigger's unique name.", .positional, .length(1...100), .example("web"))
    var name: String
    @Param("Of several, the one with the lowest rank goes first.", .range(1...10_000))
    var rank: Int
    @Param("What it answers to; waiting is nothing for a while.")
    var event: TriggerEvent
    @Param(
        "What it does: impact, urgency, labels, fields, queue, assignee or in_turn, message, note, to "
            + "with hold_reason, resolution, resolution_code. Texts have places such as "
            + "{{ticket.key}}.", .example(#"{"queue": "web", "urgency": 1}"#))
    var actions: TriggerActions
    @Param(
        "What has to hold, all of it: field, operator (=, !=, =~, !~, <, <=, >, >=), value.",
        .example(#"[{"field": "labels.env", "operator": "=", "value": "production"}]"#))
    var conditions: [TriggerCondition] = []
    @Param(
        "Of what one has to hold besides.",
        .example(#"[{"field": "priority", "operator": "<=", "value": 2}]"#))
    var anyOf: [TriggerCondition] = []
    @Param("Only for tickets of these kinds.")
    var kinds: [TicketKind] = []
    @Param("Of waiting: how long nothing happens.", .present(.range(60_000...31_536_000_000)))
    var afterMs: Int?
    @Param("Of waiting: the state in which nothing happens.")
    var state: TicketState?
    @Param("Whether it answers to anything.")
    var active: Bool = true
    @Param("What it is for.", .length(0...4000))
    var description: String = ""

    func record(in tx: WriteTransaction) throws -> Trigger {
        var trigger = Trigger(
            ref: try Trigger.nextRef(in: tx), name: name, description: description, rank: rank,
            active: active, kinds: kinds, event: event, afterMs: afterMs, state: state,
            conditions: conditions, anyOf: anyOf, actions: actions, createdAt: tx.now,
            updatedAt: tx.now,
            generation: 1)
        try trigger.findQueue(in: tx)
        return trigger
    }
}

/// `trigger.get`.
struct GetTrigger: RecordRequest {
    static let name = "trigger.get"
    static let summary = "Shows a trigger and how it went: runs, failures, who waits for it."
    static let effect = Effect.read
    typealias Shown = Trigger
    typealias Result = Trigger

    @Param("The trigger's ref or name.", .positional)
    var trigger: String
    var key: String { trigger }
}

/// `trigger.list`.
struct ListTriggers: RecordListing {
    static let name = "trigger.list"
    static let summary = "Lists triggers by rank, the one that goes first on top."
    static let effect = Effect.read
    static let columns = ["rank", "name", "active", "event", "kinds", "tally.runs", "description"]
    typealias Listed = Trigger

    @Param("How many triggers to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `trigger.update`.
struct UpdateTrigger: RecordChange {
    static let name = "trigger.update"
    static let summary = "Changes the given members of a trigger."
    static let effect = Effect.write
    typealias Result = Trigger

    @Param("The trigger's ref or name.", .positional)
    var trigger: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param("A new rank.", .present(.range(1...10_000)))
    var rank: Int?
    @Param("What it answers to.")
    var event: TriggerEvent?
    @Param("What it does, all of it.")
    var actions: TriggerActions?
    @Param("What has to hold, all of it.")
    var conditions: [TriggerCondition]?
    @Param("Of what one has to hold besides, all of it.")
    var anyOf: [TriggerCondition]?
    @Param("Only for tickets of these kinds.")
    var kinds: [TicketKind]?
    @Param("Of waiting: how long nothing happens.", .present(.range(60_000...31_536_000_000)))
    var afterMs: Int?
    @Param("Of waiting: the state in which nothing happens.")
    var state: TicketState?
    @Param("Whether it answers to anything; who waited for it is forgotten while it is off.")
    var active: Bool?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { trigger }

    func change(_ record: inout Trigger, in tx: ReadTransaction) throws {
        if let name { record.name = name }
        if let rank { record.rank = rank }
        if let event { record.event = event }
        if let conditions { record.conditions = conditions }
        if let anyOf { record.anyOf = anyOf }
        if let kinds { record.kinds = kinds }
        if let afterMs { record.afterMs = afterMs }
        if let state { record.state = state }
        if let active { record.active = active }
        if let description { record.description = description }
        // What belongs to waiting goes with it.
        if record.event != .waiting { (record.afterMs, record.state) = (afterMs, state) }
        guard let actions else { return }
        record.actions = actions
        try record.findQueue(in: tx)
    }
}

/// `trigger.delete`.
struct DeleteTrigger: RecordDeletion {
    static let name = "trigger.delete"
    static let summary = "Deletes a trigger; what it has done stays."
    static let effect = Effect.destroy
    typealias Deleted = Trigger
    typealias Result = Done

    @Param("The trigger's ref or name.", .positional)
    var trigger: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { trigger }
}

/// `trigger.test`.
struct TestTriggers: Method {
    static let name = "trigger.test"
    static let summary =
        "Shows what triggers would do, to a ticket that there is or to one that is described; "
        + "nothing is written."
    static let effect = Effect.read
    static let columns = ["name", "event", "matches", "failed", "changes", "refused", "stopped"]
    typealias Result = TriggerTest

    @Param("The ticket's key or ref.", .positional, .present(.length(1...200)))
    var ticket: String?
    @Param("A ticket that there is not yet, by the members of ticket.create.")
    var described: JSON.Object?
    @Param("Only this trigger, by ref or name, active or not.", .present(.length(1...200)))
    var trigger: String?
    @Param("What is to have happened; what the trigger answers to, or created.")
    var event: TriggerEvent?
}

/// What triggers would do.
struct TriggerTest: Codable, Sendable {
    /// The ticket as it would be.
    var ticket: Ticket
    /// What became of every trigger that answers to the event, or to what another one did.
    var items: [TriggerStep]
}

extension Trigger {
    /// Keeps the queue by its ref, so that another name of it makes no difference.
    fileprivate mutating func findQueue(in tx: ReadTransaction) throws {
        guard let key = actions.queue, !key.isEmpty else { return }
        guard let queue = try Queue.load(key, in: tx) else {
            throw RPCError.badMember("actions.queue", "is no queue: \"\(key)\"")
        }
        actions.queue = queue.ref.description
    }
}

/// The method that tries triggers out, and what is told of their acts.
enum TriggerTestMethods {
    static let declarations = [MethodDeclaration(TestTriggers.self)]

    static let events = [
        EventDeclaration(
            "trigger.failed",
            "A trigger could not do all that it was to do: trigger, name, ticket, reason."),
        EventDeclaration(
            "trigger.stopped", "A trigger would have gone round in circles, and was stopped."),
    ]

    static func bind(_ methods: MethodRegistrar, to desk: TriggerDesk) {
        methods.handle(TestTriggers.self) { call, params in
            try await desk.test(params, for: call)
        }
    }
}

/// The methods of triggers.
typealias TriggerMethods = RecordMethods<
    CreateTrigger, GetTrigger, ListTriggers, UpdateTrigger, DeleteTrigger
>
