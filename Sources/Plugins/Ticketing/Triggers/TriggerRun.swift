internal import OpsCore
internal import OpsJSONRPC

/// Lets triggers answer to what a write did to tickets, at its end and in its transaction.
///
/// What a trigger does announces events, to which triggers answer in turn; ``TriggerGuard`` sees to
/// it that this ends. A trigger that cannot do what it is to do leaves the write as it is.
struct TriggerRun {
    private let policy: TicketingPolicy
    private let triggers: [TriggerJudge]
    private let tx: WriteTransaction
    /// How many events came before it, which are none of its business.
    private let first: Int
    private var circles = TriggerGuard()
    /// What caused the events that triggers announced, by their places; the rest the request did.
    private var causes: [Int: TriggerGuard.Cause] = [:]
    /// Whether it is asked why triggers do not run.
    private let explains: Bool
    /// What became of every trigger that ran, and where that is asked of all that were looked at.
    private(set) var steps: [TriggerStep] = []

    init(
        _ triggers: [TriggerJudge], _ policy: TicketingPolicy, from first: Int = 0,
        explains: Bool = false, in tx: WriteTransaction
    ) {
        self.triggers = triggers
        self.policy = policy
        self.first = first
        self.explains = explains
        self.tx = tx
    }

    /// Lets the active triggers answer to what a write has announced.
    ///
    /// - Returns: Whether any ran, so that a ticket may be another one now.
    @discardableResult
    static func follow(_ policy: TicketingPolicy, in tx: WriteTransaction) throws -> Bool {
        guard tx.events.contains(where: { $0.topic.hasPrefix("ticket.") }) else { return false }
        let triggers = try policy.triggers.active(in: tx)
        guard !triggers.isEmpty else { return false }
        var run = TriggerRun(triggers, policy, in: tx)
        try run.goThrough()
        return !run.steps.isEmpty
    }

    /// Goes through what was announced, until nothing more comes of it.
    mutating func goThrough() throws {
        var next = first
        while next < tx.events.count {
            let event = tx.events[next]
            let cause = causes[next] ?? .request
            next += 1
            // What nobody answers to, nothing has to be read for.
            guard let what = TriggerEvent(topic: event.topic), let ref = event.ref,
                triggers.contains(where: { $0.trigger.event == what })
            else { continue }
            try happened(what, to: ref.key, try Self.facts(of: event, in: tx), cause)
        }
        let touching = tx.events.enumerated().dropFirst(first).filter { place, event in
            // What triggers do is no sign of life, unless the ticket stands elsewhere by it.
            causes[place] == nil || event.topic == TriggerEvent.transitioned.topic
        }
        try TriggerWaits.follow(touching.map(\.element), triggers, in: tx)
    }

    /// Lets a trigger answer to a ticket that has waited long enough for it.
    mutating func waited(_ id: Int, for key: String) throws {
        guard let judge = triggers.first(where: { $0.trigger.id == id }),
            let ticket = try ticket(key), judge.trigger.awaits(ticket)
        else { return }
        try look(judge, ticket, TicketFacts(ticket), .request)
    }

    /// Lets the triggers answer to something.
    mutating func happened(
        _ event: TriggerEvent, to key: String, _ happened: [String: String] = [:],
        _ cause: TriggerGuard.Cause = .request
    ) throws {
        var known: (ticket: Ticket, facts: TicketFacts)?
        for judge in triggers where judge.trigger.event == event {
            if known == nil, let ticket = try ticket(key) {
                known = (ticket, TicketFacts(ticket, happened: happened))
            }
            guard let (ticket, facts) = known else { return }
            // One that ran may have made another ticket of it.
            if try look(judge, ticket, facts, cause) { known = nil }
        }
    }

    /// The ticket, unless it goes on in another one: nobody reads what is done to it.
    private func ticket(_ key: String) throws -> Ticket? {
        guard let ticket = try TicketWriter.load(key, in: tx) else { return nil }
        return try MoveWriter.isMerged(ticket, in: tx) ? nil : ticket
    }

    // MARK: - One trigger

    /// Runs a trigger if its conditions hold, and says whether they do.
    @discardableResult
    private mutating func look(
        _ judge: TriggerJudge, _ ticket: Ticket, _ facts: TicketFacts, _ cause: TriggerGuard.Cause
    ) throws -> Bool {
        // For most writes it is enough that one condition does not hold.
        guard explains || judge.holds(ticket, facts) else { return false }
        let (trigger, failing) = (judge.trigger, explains ? judge.failing(ticket, facts) : [])
        var step = TriggerStep(
            trigger: trigger.ref, name: trigger.name,
            after: cause.trigger.flatMap { id in
                triggers.first { $0.trigger.id == id }?.trigger.name
            },
            event: trigger.event, matches: failing.isEmpty, failed: failing)
        if failing.isEmpty {
            switch circles.judge(trigger.id, on: ticket.key, by: cause) {
            case .ignore: return true
            case .run: try run(trigger, on: ticket, &step, cause)
            case .stop(let reason): try stop(trigger, on: ticket, reason, &step)
            }
        }
        steps.append(step)
        return step.matches
    }

    private mutating func run(
        _ trigger: Trigger, on ticket: Ticket, _ step: inout TriggerStep,
        _ cause: TriggerGuard.Cause
    ) throws {
        let first = tx.events.count
        try tx.acting(as: trigger.principal) {
            for act in TriggerAct.allCases where act.isAsked(of: trigger.actions) {
                do {
                    step.changes += try tx.attempt {
                        try act.carryOut(trigger, on: ticket.key, policy, in: tx)
                    }
                } catch let error where !StoreError.isPassing(error) {
                    step.refused.append(Self.words(error))
                }
            }
            for reason in step.refused { try complain(trigger, ticket, Self.failed, reason) }
        }
        for place in first..<tx.events.count { causes[place] = cause.followed(by: trigger.id) }
        try TriggerWriter.count(trigger, refused: step.refused.last, in: tx)
    }

    private func stop(
        _ trigger: Trigger, on ticket: Ticket, _ reason: String, _ step: inout TriggerStep
    ) throws {
        step.stopped = reason
        try tx.acting(as: trigger.principal) {
            try complain(trigger, ticket, Self.stopped, reason)
        }
        try TriggerWriter.countStop(trigger, reason, in: tx)
    }

    static let failed = "trigger.failed"
    static let stopped = "trigger.stopped"

    /// Says in the timeline, the audit log and an event that a trigger did not do something.
    private func complain(
        _ trigger: Trigger, _ ticket: Ticket, _ topic: String, _ reason: String
    ) throws {
        let what = topic == Self.failed ? "failed" : "stopped"
        let text = "trigger \(trigger.name) \(what): \(reason)"
        _ = try TicketWriter.append(.system, text, to: ticket, in: tx)
        let fact: JSON = [
            "trigger": .string(trigger.ref.description), "name": .string(trigger.name),
            "ticket": .string(ticket.ref.description), "reason": .string(reason),
        ]
        try tx.audit(topic, ticket.ref, before: nil, after: fact)
        try tx.announce(topic, trigger.ref, fact)
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? RPCError else { return "\(error)" }
        return [error.fieldWords ?? error.message, error.hint].compactMap { $0 }
            .joined(separator: " ")
    }

    /// What is known of an event beyond the ticket.
    private static func facts(of event: Event, in tx: ReadTransaction) throws -> [String: String] {
        var facts: [String: String] = [:]
        for name in TicketFacts.ofEvent { facts[name] = event.data[name].map(TicketFacts.text) }
        if let entry = event.data["entry"]?.int {
            facts["comment"] = try tx.row(
                "SELECT body FROM ticketing_entry WHERE id = ?", entry)?.text("body")
        }
        return facts
    }
}

extension RPCError {
    /// What is wrong with each member; nil when it is about none.
    fileprivate var fieldWords: String? {
        fields.isEmpty ? nil : fields.map { "\($0.path) \($0.reason)" }.joined(separator: "; ")
    }
}
