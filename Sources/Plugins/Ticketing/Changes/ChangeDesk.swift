internal import OpsCore
internal import OpsJSONRPC

/// Plans changes, judges them, and shows them.
struct ChangeDesk: Sendable {
    let context: PluginContext
    /// The rules that are judged by at the moment.
    let policy: @Sendable () async -> TicketingPolicy

    private var store: Store { context.store }

    /// How long after its window an emergency change is looked at, unless somebody says it.
    private static let reviewTime = Duration.seconds(7 * 86_400)

    // MARK: - Planning

    func create(_ wish: CreateChange, for call: Call) async throws -> ChangePage {
        let policy = await policy()
        return try await call.write(to: store) { tx in
            var change = Change(type: wish.type)
            if let model = wish.model { try Self.follow(model, &change, in: tx) }
            try Self.refuseOther(wish.plan, wish.backoutPlan, wish.testPlan, change, in: tx)
            change.reason = wish.reason ?? change.reason
            change.plan = wish.plan ?? change.plan
            change.backoutPlan = wish.backoutPlan ?? change.backoutPlan
            change.testPlan = wish.testPlan ?? change.testPlan
            (change.windowFrom, change.windowTo) = (wish.windowFrom, wish.windowTo)
            change.outage = wish.outage
            change.reviewDueAt = wish.reviewDueAt
            try Self.check(&change, at: tx.now)
            let ticket = try TicketWriter.insert(
                Self.ticket(wish, by: policy.matrix, for: call, in: tx), in: tx)
            try ChangeWriter.store(change, of: ticket, in: tx)
            _ = try ChangeWriter.touch(wish.items, by: ticket, in: tx)
            try TriggerRun.follow(policy, in: tx)
            return try Self.page(
                TicketWriter.existing(ticket.key, in: tx), change, policy.changes, at: tx.now,
                in: tx)
        }
    }

    private static func ticket(
        _ wish: CreateChange, by matrix: PriorityMatrix, for call: Call, in tx: WriteTransaction
    ) throws -> Ticket {
        var ticket = Ticket(
            ref: Ticket.ref("new"), key: "", kind: .change, title: wish.title,
            description: wish.description, state: .new, impact: wish.impact,
            urgency: wish.urgency,
            priority: matrix.priority(impact: wish.impact, urgency: wish.urgency),
            requester: wish.requester ?? call.principal.name, assignee: wish.assignee,
            labels: wish.labels,
            channel: .api, knownError: false, reopenCount: 0, createdAt: tx.now,
            updatedAt: tx.now, generation: 1)
        if let key = wish.queue {
            ticket.enter(try Queue.named(key, in: tx))
        }
        return ticket
    }

    /// A change takes over what its model says.
    private static func follow(
        _ key: String, _ change: inout Change, in tx: ReadTransaction
    ) throws {
        let model = try ChangeModel.find(key, in: tx)
        guard model.active else { throw RPCError.badMember("model", "is not in use any more") }
        change.model = model.name
        change.reason = model.reason
        change.plan = model.plan
        change.backoutPlan = model.backoutPlan
        change.testPlan = model.testPlan
    }

    /// What a standard change does was agreed to with its model, and nothing else was.
    private static func refuseOther(
        _ plan: String?, _ backoutPlan: String?, _ testPlan: String?, _ change: Change,
        in tx: ReadTransaction
    ) throws {
        guard change.type == .standard, let name = change.model else { return }
        let model = try ChangeModel.find(name, in: tx)
        let members = [
            ("plan", plan, model.plan), ("backout_plan", backoutPlan, model.backoutPlan),
            ("test_plan", testPlan, model.testPlan),
        ]
        if let other = members.first(where: { $0.1 != nil && $0.1 != $0.2 }) {
            throw RPCError.badMember(
                other.0, "is that of the model \"\(name)\"; another one needs a normal change")
        }
    }

    /// Refuses what cannot be, and says until when an emergency is looked at.
    private static func check(_ change: inout Change, at now: Instant) throws(RPCError) {
        if (change.type == .standard) != (change.model != nil) {
            throw .badMember(
                "model",
                change.type == .standard
                    ? "is required for a standard change"
                    : "belongs to a standard change, not to \(change.type.rawValue)")
        }
        if (change.windowFrom == nil) != (change.windowTo == nil) {
            throw .badMember(
                change.windowFrom == nil ? "window_from" : "window_to", "is required as well")
        }
        if let from = change.windowFrom, let to = change.windowTo, to <= from {
            throw .badMember("window_to", "must be after window_from")
        }
        if change.type == .emergency, change.reviewDueAt == nil {
            change.reviewDueAt = (change.windowTo ?? now) + reviewTime
        }
    }

    func update(_ wish: UpdateChange, for call: Call) async throws -> ChangePage {
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let (ticket, old) = try ChangeWriter.find(wish.change, in: tx)
            try Staleness.refuse(wish.generation, ticket, old, in: tx)
            try Self.refuseOver(ticket, wish)
            var new = old
            try Self.take(wish, into: &new, in: tx)
            try Self.refuseOther(wish.plan, wish.backoutPlan, wish.testPlan, new, in: tx)
            try Self.check(&new, at: tx.now)
            let isElsewhere = try wish.items.map {
                try ChangeWriter.touch($0, by: ticket, in: tx)
            }
            let isAnother = isElsewhere == true || Self.isPlannedAnew(old, new)
            if isAnother, !Self.isMade(ticket) {
                // What was found of the old plan says nothing about the new one. One that is being
                // made had the risk that it had, whatever is written down of it afterwards.
                if wish.risk == nil { (new.risk, new.riskReason, new.assessedAt) = (nil, nil, nil) }
            }
            var changed = try ChangeWriter.update(
                old, to: new, of: ticket, as: "change.updated", in: tx)
            if isElsewhere == true, new == old {
                var touched = ticket
                touched.generation += 1
                changed = try TicketWriter.update(ticket, to: touched, as: "ticket.updated", in: tx)
            }
            // One that no approval takes back to be agreed to anew has to be ready as it is now.
            if isAnother, changed.state == .scheduled {
                try TicketGate.refuseUnready(changed, policy.changes, at: tx.now, in: tx)
            }
            try TriggerRun.follow(policy, in: tx)
            return try Self.page(
                TicketWriter.existing(changed.key, in: tx), new, policy.changes, at: tx.now,
                in: tx)
        }
    }

    private static func take(
        _ wish: UpdateChange, into change: inout Change, in tx: ReadTransaction
    ) throws {
        if let type = wish.type { change.type = type }
        if let model = wish.model {
            change.model = nil
            if !model.isEmpty { try follow(model, &change, in: tx) }
        }
        if let reason = wish.reason { change.reason = reason }
        if let plan = wish.plan { change.plan = plan }
        if let backout = wish.backoutPlan { change.backoutPlan = backout }
        if let test = wish.testPlan { change.testPlan = test }
        if let from = wish.windowFrom { change.windowFrom = from }
        if let to = wish.windowTo { change.windowTo = to }
        if let outage = wish.outage { change.outage = outage }
        if let outcome = wish.outcome { change.outcome = outcome }
        if let due = wish.reviewDueAt { change.reviewDueAt = due }
        guard let risk = wish.risk else {
            guard wish.riskReason == nil else {
                throw RPCError.badMember("risk_reason", "belongs to a risk")
            }
            return
        }
        guard let reason = wish.riskReason else {
            throw RPCError.badMember("risk_reason", "is required: change.risk finds it from facts")
        }
        (change.risk, change.riskReason) = (risk, reason)
    }

    private static func refuseOver(_ ticket: Ticket, _ wish: UpdateChange) throws(RPCError) {
        guard ticket.state.isOpen else {
            throw .conflict("\(ticket.key) is \(ticket.state.rawValue).")
        }
        let isMade = isMade(ticket)
        if wish.outcome != nil, !isMade {
            throw .badMember(
                "outcome", "is known once it is made, and it is \(ticket.state.rawValue)")
        }
        if wish.type != nil, ticket.state != .new {
            throw .badMember("type", "stays as it is once the change is \(ticket.state.rawValue)")
        }
        if isMade, wish.windowFrom != nil || wish.windowTo != nil || wish.items != nil {
            throw .conflict("\(ticket.key) is made already; its window and its items stay.")
        }
    }

    private static func isMade(_ ticket: Ticket) -> Bool {
        ticket.state == .implement || ticket.state == .review
    }

    private static func isPlannedAnew(_ old: Change, _ new: Change) -> Bool {
        (old.type, old.plan, old.backoutPlan, old.testPlan, old.outage)
            != (new.type, new.plan, new.backoutPlan, new.testPlan, new.outage)
            || old.window != new.window
    }

    // MARK: - Judging

    func assess(_ key: String, for call: Call) async throws -> RiskPage {
        let items = try await store.read { tx in
            try ChangeWriter.items(of: ChangeWriter.find(key, in: tx).ticket, in: tx)
        }
        let surroundings = await Surroundings.ask(about: items, context)
        let policy = await policy()
        return try await call.write(to: store) { tx in
            let (ticket, old) = try ChangeWriter.find(key, in: tx)
            // The items may have become other ones while somebody was asked about them.
            guard try ChangeWriter.items(of: ticket, in: tx) == items else {
                throw RPCError.conflict("The items of \(ticket.key) were changed meanwhile.")
            }
            guard ticket.state.isOpen, !Self.isMade(ticket) else {
                throw RPCError.conflict(
                    "\(ticket.key) is \(ticket.state.rawValue); its risk is what it was.")
            }
            let page = try Self.judge(ticket, old, items, surroundings, in: tx)
            var new = old
            (new.risk, new.riskReason, new.assessedAt) = (page.risk, nil, tx.now)
            _ = try ChangeWriter.update(old, to: new, of: ticket, as: "change.assessed", in: tx)
            try TriggerRun.follow(policy, in: tx)
            return page
        }
    }

    private static func judge(
        _ ticket: Ticket, _ change: Change, _ items: [Ref], _ surroundings: Surroundings,
        in tx: WriteTransaction
    ) throws -> RiskPage {
        let time = (tx.now - ChangeRisk.history)...tx.now
        let past = try ChangeWriter.tickets(.change, touching: items, begun: time, in: tx)
            .filter { $0.ticket.key != ticket.key }
            .compactMap { try ChangeWriter.load($0.ticket, in: tx) }
            .filter { change in
                guard change.outcome != nil, let begin = change.begin else { return false }
                return tx.now - begin <= ChangeRisk.history
            }
        let conflicts =
            try change.window.map {
                try ChangeConflicts.find(in: $0, on: items, surroundings, but: ticket.key, in: tx)
            } ?? []
        let freezes = conflicts.filter { $0.kind == .freeze }.count
        let isKnown = !surroundings.gaps.contains { $0.hasPrefix("ci.impact:") }
        let facts = ChangeRisk.Facts(
            items: items.count, affected: isKnown ? surroundings.affected.count : nil,
            changes: past.count, failed: past.filter { $0.outcome?.isFailure ?? false }.count,
            conflicts: conflicts.count - freezes, freezes: freezes, outage: change.outage,
            hasBackoutPlan: !change.backoutPlan.isEmpty, hasTestPlan: !change.testPlan.isEmpty)
        let points = ChangeRisk.points(facts)
        return RiskPage(
            change: ticket.key, risk: ChangeRisk.risk(points), facts: facts, points: points,
            conflicts: conflicts, gaps: surroundings.gaps)
    }

    func conflicts(_ params: ListChangeConflicts) async throws -> ConflictPage {
        let (ticket, change, items) = try await store.read { tx in
            let (ticket, change) = try ChangeWriter.find(params.change, in: tx)
            return (ticket, change, try ChangeWriter.items(of: ticket, in: tx))
        }
        guard let from = params.from ?? change.windowFrom, let to = params.to ?? change.windowTo
        else { throw RPCError.badMember("from", "is required: the change has no window") }
        guard from < to else { throw RPCError.badMember("to", "must be after from") }
        let surroundings = await Surroundings.ask(about: items, context)
        return try await store.read { tx in
            ConflictPage(
                items: try ChangeConflicts.find(
                    in: from..<to, on: items, surroundings, but: ticket.key, in: tx),
                gaps: surroundings.gaps)
        }
    }

    // MARK: - Showing

    func get(_ key: String) async throws -> ChangePage {
        let (policy, now) = (await policy(), context.time.now())
        return try await store.read { tx in
            let (ticket, change) = try ChangeWriter.find(key, in: tx)
            return try Self.page(ticket, change, policy.changes, at: now, in: tx)
        }
    }

    private static func page(
        _ ticket: Ticket, _ change: Change, _ policy: ChangePolicy, at now: Instant,
        in tx: ReadTransaction
    ) throws -> ChangePage {
        let items = try ChangeWriter.items(of: ticket, in: tx)
        let isBefore = [.new, .assess, .authorize, .scheduled].contains(ticket.state)
        let missing =
            isBefore
            ? try TicketGate.gate(of: ticket, policy, at: now, in: tx).missing(to: .scheduled) : []
        return ChangePage(
            ticket: ticket, change: change, items: items,
            approvals: try ApprovalWriter.approvals(of: ticket, in: tx),
            nextStates: ChangeRules.next(change.type, from: ticket.state),
            missing: missing.map { "\($0.path) \($0.reason)" },
            incidents: try Suspects.incidents(after: ticket, change, on: items, in: tx))
    }

    func list(_ params: ListChanges) async throws -> Page<ChangeRow> {
        let before = try params.cursor.map { text throws(RPCError) in
            guard let id = Int(text) else { throw .badMember("cursor", "is none of this method") }
            return id
        }
        let now = context.time.now()
        return try await store.read { tx in
            var conditions = ["c.ticket_id < ?"]
            var arguments: [(any SQLConvertible)?] = [before ?? Int.max]
            func filter(_ condition: String, _ value: (any SQLConvertible)?) {
                guard let value else { return }
                conditions.append(condition)
                arguments.append(value)
            }
            filter("t.state = ?", params.state?.rawValue)
            filter("c.type = ?", params.type?.rawValue)
            filter("t.is_open = ?", params.open)
            filter("t.is_open = 1 AND c.review_due_at < ?", params.reviewOverdue ? now : nil)
            let rows = try tx.rows(
                """
                SELECT c.*, t.key, t.title, t.state FROM ticketing_change c
                JOIN ticketing_ticket t ON t.id = c.ticket_id
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY c.ticket_id DESC LIMIT ?
                """, arguments: arguments + [params.limit + 1])
            let page = rows.prefix(params.limit)
            return Page(
                items: try page.map(ChangeRow.init(row:)),
                nextCursor: rows.count > page.count
                    ? try page.last.map { String(try $0.int("ticket_id")) } : nil)
        }
    }

    func calendar(_ params: ShowChangeCalendar) async throws -> ChangeCalendar {
        let from = params.from ?? context.time.now()
        let to = params.to ?? from + .seconds(30 * 86_400)
        guard from < to else { throw RPCError.badMember("to", "must be after from") }
        return try await store.read { tx in
            let freezes = try Freeze.freezes(in: from..<to, touching: nil, in: tx).map {
                ChangeCalendar.Entry(
                    kind: "freeze", ref: $0.ref, name: $0.name, title: $0.reason, from: $0.from,
                    to: $0.to, updatedAt: $0.updatedAt)
            }
            let changes = try ChangeConflicts.planned(
                in: from..<to, limit: params.limit, in: tx
            ).compactMap { row in try Self.entry(row, in: tx) }
            let items = (freezes + changes).sorted { $0.from < $1.from }.prefix(params.limit)
            let all = try freezes.count + ChangeConflicts.count(in: from..<to, in: tx)
            return ChangeCalendar(
                items: Array(items), more: all - items.count,
                ical: params.format == .ical ? ChangeCalendar.ical(Array(items)) : nil)
        }
    }

    private static func entry(
        _ row: ChangeRow, in tx: ReadTransaction
    ) throws -> ChangeCalendar.Entry? {
        guard let from = row.windowFrom, let to = row.windowTo,
            let ticket = try TicketWriter.load(row.key, in: tx)
        else { return nil }
        return ChangeCalendar.Entry(
            kind: "change", ref: row.ref, name: row.key, title: row.title, from: from, to: to,
            state: row.state, type: row.type, risk: row.risk, updatedAt: ticket.updatedAt)
    }
}
