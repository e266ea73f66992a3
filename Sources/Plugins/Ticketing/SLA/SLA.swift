internal import OpsCore
internal import OpsJSONRPC

/// What was agreed: how long the answer, the updates and the solution of some tickets may take.
struct SLA: Record {
    static let kind = RecordKind("sla", called: "SLA", article: "an", order: .number("rank"))

    var ref: Ref
    var name: String
    var description: String
    /// Of all that match a ticket, the one with the lowest rank holds.
    var rank: Int
    /// Whether it is looked at.
    var active: Bool
    /// Only for tickets of this kind.
    var kind: TicketKind?
    /// Only for these priorities; any when there are none.
    var priorities: [Int]
    /// Only for tickets with these labels.
    var labels: [String: String]
    /// Only for tickets in the queue of this name.
    var queue: String?
    var targets: [SLATarget]
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

/// How long one thing may take.
struct SLATarget: Codable, Sendable, Equatable {
    var metric: Clock.Metric
    /// For this priority, 1 to 5; for all that have no target of their own when it is absent.
    var priority: Int?
    /// The time that it may take.
    var targetMs: Int
    /// The calendar by which it counts; all hours when it is absent.
    var calendar: Ref?
    /// After how much of the time there is a warning, in percent; 75 when it is absent, none with 100.
    var warnPct: Int?
    /// In which states the clock stands still; when it is absent, the solution and the updates wait
    /// in `on_hold`, the answer never.
    var pauseOn: [TicketState]?

    /// The states in which the clock stands still.
    var pauses: [TicketState] {
        let states = pauseOn ?? (metric == .response ? [] : [.onHold])
        // Who asked may say that it is not solved: until then nobody works on it.
        return metric == .resolution && !states.contains(.resolved) ? states + [.resolved] : states
    }
}

extension SLA {
    static let selection = """
        SELECT r.*, q.name AS queue FROM ticketing_sla r
        LEFT JOIN ticketing_queue q ON q.id = r.queue_id
        """

    var text: String { description }

    func columns(in tx: ReadTransaction) throws -> KeyValuePairs<String, (any SQLConvertible)?> {
        [
            "description": description, "rank": rank, "active": active, "kind": kind?.rawValue,
            "priorities": try JSON(encoding: priorities), "labels": try JSON(encoding: labels),
            "queue_id": try queue.map { try Queue.named($0, in: tx).id },
            "targets": try JSON(encoding: targets),
        ]
    }

    /// Of two with one rank it would be chance which one holds.
    func check(in tx: ReadTransaction) throws {
        try check()
        for (index, target) in targets.enumerated() {
            guard let calendar = target.calendar else { continue }
            guard try Calendar.load(calendar.description, in: tx) != nil else {
                throw RPCError.badMember(
                    "targets[\(index)].calendar", "is no calendar: \"\(calendar)\"")
            }
        }
        let row = try tx.row("SELECT id, name FROM ticketing_sla WHERE rank = ?", rank)
        guard let row, try row.int("id") != id else { return }
        throw RPCError.badMember(
            "rank", "is that of \"\(try row.text("name"))\", \(Self.ref(try row.int("id")))")
    }

    /// The one that holds for a ticket: the lowest rank of those that match.
    static func holding(for ticket: Ticket, in tx: ReadTransaction) throws -> SLA? {
        try all(in: tx).first { $0.matches(ticket) }
    }

    /// Whether it holds for a ticket, if none of a lower rank does.
    func matches(_ ticket: Ticket) -> Bool {
        active && (kind == nil || kind == ticket.kind)
            && (priorities.isEmpty || priorities.contains(ticket.priority))
            && (queue == nil || queue == ticket.queue)
            && labels.allSatisfy { ticket.labels[$0.key] == $0.value }
    }

    /// What it says about a metric: the target of the priority, or else that of all.
    func target(_ metric: Clock.Metric, priority: Int) -> SLATarget? {
        let fitting = targets.filter { $0.metric == metric }
        return fitting.first { $0.priority == priority } ?? fitting.first { $0.priority == nil }
    }

    /// Whether a target counts by a calendar.
    func counts(by calendar: Ref) -> Bool { targets.contains { $0.calendar == calendar } }

    /// Refuses priorities and targets that cannot be, by their place in the list.
    ///
    /// - Throws: `invalid_params`.
    func check() throws(RPCError) {
        for (index, priority) in priorities.enumerated() where !(1...5).contains(priority) {
            throw .badMember("priorities[\(index)]", "must be 1 to 5, not \(priority)")
        }
        guard !targets.isEmpty else { throw .badMember("targets", "are missing") }
        for (index, target) in targets.enumerated() {
            try target.check("targets[\(index)]")
            let isTwice = targets[..<index].contains {
                ($0.metric, $0.priority) == (target.metric, target.priority)
            }
            if isTwice {
                throw .badMember(
                    "targets[\(index)]", "is the second for this metric and this priority")
            }
        }
    }

    /// Reads a row of `ticketing_sla` with the queue's name.
    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        rank = try row.int("rank")
        active = try row.bool("active")
        kind = try row.optionalWord("kind")
        priorities = try row.json("priorities").decode([Int].self)
        labels = try row.texts("labels")
        queue = try row.optionalText("queue")
        targets = try row.json("targets").decode([SLATarget].self)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

extension SLATarget {
    fileprivate func check(_ path: String) throws(RPCError) {
        // A year: longer ones are mistakes in the unit.
        guard (1...31_536_000_000).contains(targetMs) else {
            throw .badMember("\(path).target_ms", "must be 1 to 31536000000, not \(targetMs)")
        }
        if let priority, !(1...5).contains(priority) {
            throw .badMember("\(path).priority", "must be 1 to 5, not \(priority)")
        }
        if let warnPct, !(1...100).contains(warnPct) {
            throw .badMember("\(path).warn_pct", "must be 1 to 100, not \(warnPct)")
        }
    }
}
