internal import OpsCore
internal import OpsJSONRPC

/// What is done by itself when something happens to some tickets, or nothing does for a while.
struct Trigger: Record {
    static let kind = RecordKind("trigger", called: "trigger", order: .number("rank"))

    var ref: Ref
    var name: String
    var description: String
    /// Of several that answer to one event, the one with the lowest rank goes first.
    var rank: Int
    /// Whether it answers to anything.
    var active: Bool
    /// Only for tickets of these kinds; any when there are none.
    var kinds: [TicketKind]
    var event: TriggerEvent
    /// How long a ticket has to wait, of one that answers to `waiting`.
    var afterMs: Int?
    /// In which state it has to wait, of one that answers to `waiting`.
    var state: TicketState?
    /// What has to hold, all of it.
    var conditions: [TriggerCondition]
    /// Of what one has to hold, unless there is nothing.
    var anyOf: [TriggerCondition]
    var actions: TriggerActions
    /// How it went, where that was asked for.
    var tally: TriggerTally?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

/// How a trigger went so far.
struct TriggerTally: Codable, Sendable, Equatable {
    /// How often it ran.
    var runs: Int
    /// How often it could not do all that it was to do.
    var failures: Int
    /// How often it was stopped, for it would have gone round in circles.
    var stops: Int
    var lastRunAt: Instant?
    /// Why it failed or was stopped last.
    var lastError: String?
    var lastErrorAt: Instant?
    /// How many tickets wait for it, and when the first has waited long enough.
    var waiting: Int
    var nextAt: Instant?
}

extension Trigger {
    static let selection = "SELECT r.*, NULL AS runs FROM ticketing_trigger r"

    static let shownSelection = """
        SELECT r.*, COALESCE(y.runs, 0) AS runs, COALESCE(y.failures, 0) AS failures,
            COALESCE(y.stops, 0) AS stops, y.last_run_at, y.last_error, y.last_error_at,
            (SELECT COUNT(*) FROM ticketing_trigger_wait w WHERE w.trigger_id = r.id) AS waiting,
            (SELECT MIN(due_at) FROM ticketing_trigger_wait w WHERE w.trigger_id = r.id) AS next_at
        FROM ticketing_trigger r LEFT JOIN ticketing_trigger_tally y ON y.trigger_id = r.id
        """

    var text: String { description }

    /// Whose writes its acts are.
    var principal: Principal { Principal(Self.principalPrefix + name) }

    static let principalPrefix = "trigger:"

    /// Each is judged inside the write that woke the trigger, for which all others wait.
    private static let maxConditions = 20

    /// Whether tickets such as this one wait for it.
    func awaits(_ ticket: Ticket) -> Bool {
        event == .waiting && concerns(ticket.kind) && ticket.state == state
    }

    func concerns(_ kind: TicketKind) -> Bool { kinds.isEmpty || kinds.contains(kind) }

    /// Refuses what cannot be, by the member.
    ///
    /// - Throws: `invalid_params`.
    func check(_ fields: CustomFields) throws(RPCError) {
        for (name, isGiven) in [("after_ms", afterMs != nil), ("state", state != nil)] {
            if isGiven != (event == .waiting) {
                throw .badMember(
                    name, isGiven ? "belongs to the event waiting" : "is required for waiting")
            }
        }
        for (name, list) in [("conditions", conditions), ("any_of", anyOf)] {
            guard list.count <= Self.maxConditions else {
                throw .badMember(name, "must be at most \(Self.maxConditions)")
            }
            for (index, condition) in list.enumerated() {
                try condition.check("\(name)[\(index)]", fields)
            }
        }
        try actions.check(fields)
    }

    // MARK: - As a record

    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        rank = try row.int("rank")
        active = try row.bool("active")
        kinds = try row.json("kinds").decode([TicketKind].self)
        event = try row.word("event")
        afterMs = try row.optionalInt("after_ms")
        state = try row.optionalWord("state")
        conditions = try row.json("conditions").decode([TriggerCondition].self)
        anyOf = try row.json("any_of").decode([TriggerCondition].self)
        actions = try row.json("actions").decode(TriggerActions.self)
        tally = try row.optionalInt("runs") == nil ? nil : TriggerTally(row: row)
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }

    func columns(in tx: ReadTransaction) throws -> KeyValuePairs<String, (any SQLConvertible)?> {
        [
            "description": description, "rank": rank, "active": active,
            "kinds": try JSON(encoding: kinds), "event": event.rawValue, "after_ms": afterMs,
            "state": state?.rawValue, "conditions": try JSON(encoding: conditions),
            "any_of": try JSON(encoding: anyOf), "actions": try JSON(encoding: actions),
        ]
    }

    /// How it went is no part of the record.
    func audited() throws -> JSON {
        var record = self
        record.tally = nil
        return try JSON(encoding: record)
    }

    /// Ranks are unique: with two of one rank it would be chance which one goes first.
    func check(in tx: ReadTransaction) throws {
        let row = try tx.row(
            "SELECT id, name FROM ticketing_trigger WHERE rank = ? AND id <> ?", rank, id)
        guard let row else { return }
        throw RPCError.badMember(
            "rank", "is that of \"\(try row.text("name"))\", \(Self.ref(try row.int("id")))")
    }

    func follow(_ old: Trigger?, in tx: WriteTransaction) throws {
        try TriggerWaits.follow(self, from: old, in: tx)
    }

    func forget(in tx: WriteTransaction) throws {
        try TriggerWaits.end(self, in: tx)
        try TriggerWriter.forget(self, in: tx)
    }
}

extension TriggerTally {
    fileprivate init(row: Row) throws {
        runs = try row.int("runs")
        failures = try row.int("failures")
        stops = try row.int("stops")
        lastRunAt = try row.optionalInstant("last_run_at")
        lastError = try row.optionalText("last_error")
        lastErrorAt = try row.optionalInstant("last_error_at")
        waiting = try row.int("waiting")
        nextAt = try row.optionalInstant("next_at")
    }
}
