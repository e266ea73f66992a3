internal import OpsCore
internal import OpsJSONRPC

/// What callers see of rules.
extension RuleService {
    func get(_ key: String) throws -> Rule { try view(resolve(key)) }

    func view(_ id: Int) throws -> Rule {
        guard let watched = rules[id] else { throw Self.missing("\(StoredRule.ref(id))") }
        let wait = schedule.due(id).map { $0 - tools.time.uptime() }
        return Rule(
            watched.stored, watched, nextAt: wait.map { tools.time.now() + max(.zero, $0) })
    }

    func list(_ params: ListRules) throws -> Page<Rule> {
        let found = try rules.keys.map(view).filter { rule in
            (params.state.map { $0 == rule.state } ?? true)
                && (params.severity.map { $0 == rule.severity } ?? true)
                && rule.name.hasPrefix(params.name ?? "")
        }
        return Page(
            found, by: { Self.place($0, params.sort) }, after: params.cursor, limit: params.limit,
            show: { $0 })
    }

    /// A place in the list, as text that sorts; names are unique.
    private static func place(_ rule: Rule, _ order: ListRules.Order) -> String {
        guard order == .worst else { return rule.name }
        let rank =
            switch rule.state {
            case .firing: 0
            case .failing: 1
            case .unknown: 2
            case .pending: 3
            case .ok: 4
            case .paused: 5
            }
        return "\(rank) \(rule.name)"
    }

    /// Lists the alerts of a rule; off the loop, because there may be very many.
    func alerts(_ params: ListRuleAlerts) async throws -> Page<RuleAlert> {
        guard let watched = rules[try resolve(params.rule)] else {
            throw Self.missing(params.rule)
        }
        let (alerts, rule) = (watched.alerts, watched.stored.definition)
        let (state, cursor, limit) = (params.state, params.cursor, params.limit)
        return try await tools.loop.workers.run {
            let found = alerts.filter {
                state == nil ? $0.value.state != .ok : $0.value.state == state
            }
            return Page(
                found, by: { RuleWriter.key($0.key).text }, after: cursor, limit: limit,
                show: { RuleAlert($0.key, $0.value, of: rule) })
        }
    }

    func history(_ params: RuleHistory) async throws -> Page<RuleHistoryEntry> {
        let id = try resolve(params.rule)
        var before = Int.max
        if let cursor = params.cursor {
            guard let last = Int(cursor) else {
                throw RPCError.badMember("cursor", "is not a next_cursor of this list")
            }
            before = last
        }
        let (limit, start) = (params.limit, before)
        let rows = try await tools.store.read { tx in
            try tx.rows(
                """
                SELECT * FROM monitoring_rule_history WHERE rule_id = ? AND id < ?
                ORDER BY id DESC LIMIT ?
                """, id, start, limit + 1)
        }
        let page = rows.prefix(limit)
        return Page(
            items: try page.map(RuleHistoryEntry.init(row:)),
            nextCursor: rows.count > limit ? try page.last.map { "\(try $0.int("id"))" } : nil)
    }

    func statistics() -> RuleStatistics.Result {
        RuleStatistics.Result(
            rules: rules.count, failing: rules.values.count { $0.error != nil },
            alerts: rules.values.reduce(0) { $0 + $1.alerts.values.count { $0.state != .ok } },
            running: runs.count, evaluations: punctuality.count, latenessMs: punctuality.figures)
    }

    // MARK: - Trying out

    /// Goes through a range as the rule would have, off the loop, and stores nothing.
    func test(_ params: TestRule) async throws -> TestRule.Result {
        let rule = try tested(params)
        let to = params.to ?? tools.time.now()
        let from = params.from ?? to
        let step = Int64(params.stepMs ?? rule.intervalMs)
        guard from <= to else { throw RPCError.badMember("from", "lies after to") }
        let count = (to - from).milliseconds / step + 1
        guard count <= TestRule.maxEvaluations else {
            throw RPCError.badMember(
                "step_ms",
                "makes \(count) evaluations of this range; \(TestRule.maxEvaluations) is the most")
        }
        var trial = RuleTrial(rule: rule)
        for number in 0..<count {
            let instant = from + .milliseconds(number * step)
            let readings = try await tools.reader.readings(of: rule, at: instant)
            trial = try await tools.loop.workers.run { [trial] in
                try trial.taking(readings, at: instant)
            }
        }
        return try await tools.loop.workers.run { [trial] in
            TestRule.Result(
                items: trial.alerts, transitions: trial.transitions, evaluations: Int(count))
        }
    }

    private func tested(_ params: TestRule) throws -> RuleDefinition {
        guard let members = params.definition else {
            guard let key = params.rule else {
                throw RPCError.badMember("rule", "is required, or definition")
            }
            guard let rule = rules[try resolve(key)] else { throw Self.missing(key) }
            return rule.stored.definition
        }
        guard params.rule == nil else {
            throw RPCError.badMember("definition", "and rule cannot both be given")
        }
        do throws(RPCError) {
            let rule = RuleDefinition(try FieldSet(CreateRule.self).decode(members))
            try rule.validate()
            return rule
        } catch {
            throw error.moved(under: "definition")
        }
    }
}
