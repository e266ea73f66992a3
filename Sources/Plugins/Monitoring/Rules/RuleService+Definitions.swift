internal import OpsCore
internal import OpsJSONRPC

/// Rules come, change and go.
extension RuleService {
    func create(_ wish: CreateRule, for call: Call) async throws -> Rule {
        let definition = RuleDefinition(wish)
        try definition.validate()
        let stored = try await call.write(
            to: tools.store, answering: { Rule($0, nil, nextAt: nil) }
        ) { tx in try RuleWriter.insert(definition, in: tx) }
        guard !call.isDryRun else { return Rule(stored, nil, nextAt: nil) }
        rules[stored.id] = WatchedRule(stored: stored)
        schedule(stored.id)
        pump()
        return try view(stored.id)
    }

    func update(_ change: UpdateRule, for call: Call) async throws -> Rule {
        let id = try resolve(change.rule)
        let watched = rules[id]
        let stored = try await call.write(
            to: tools.store, answering: { Rule($0, watched, nextAt: nil) }
        ) { tx in
            guard let old = try RuleWriter.load(id, in: tx) else { throw Self.missing(change.rule) }
            try RPCError.refuseStale(change.generation, at: old.generation, old.definition.name)
            let definition = try old.definition.applying(change)
            try definition.validate()
            guard definition != old.definition else { return old }
            if !definition.sees(sameAs: old.definition) {
                // What was seen before is not looked at any more, so nothing would ever end it.
                try RuleWriter.endAlerts(of: old, in: tx)
            }
            return try RuleWriter.update(old, to: definition, in: tx)
        }
        guard !call.isDryRun else { return Rule(stored, watched, nextAt: nil) }
        follow(stored)
        return try view(id)
    }

    /// Deletes a rule.
    ///
    /// Who was told that it fires is told that it does not any more.
    func delete(_ key: String, at generation: Int?, for call: Call) async throws -> Done {
        let id = try resolve(key)
        let done = try await call.write(to: tools.store) { tx in
            guard let rule = try RuleWriter.load(id, in: tx) else { throw Self.missing(key) }
            try RPCError.refuseStale(generation, at: rule.generation, rule.definition.name)
            try RuleWriter.delete(rule, in: tx)
            return Done()
        }
        guard !call.isDryRun else { return done }
        rules[id] = nil
        schedule.remove(id)
        runs[id]?.cancel()
        return done
    }

    /// Drops an alert whose figure will not come back.
    func forget(_ params: ForgetRuleAlert, for call: Call) async throws -> Done {
        let id = try resolve(params.rule)
        return try await hold(id) { try await self.forget(params, of: id, for: call) }
    }

    private func forget(
        _ params: ForgetRuleAlert, of id: Int, for call: Call
    ) async throws -> Done {
        guard let watched = rules[id] else { throw Self.missing(params.rule) }
        let rule = watched.stored
        let found = watched.alerts.first { rule.definition.labels(of: $0.key) == params.labels }
        guard let (labels, status) = found else {
            throw RPCError.notFound(
                "\"\(rule.definition.name)\" has no such alert.",
                hint: "rule.alerts shows those that there are.")
        }
        guard status.missingSince != nil else {
            throw RPCError.conflict(
                "The figure of this alert is there; the next evaluation would bring it back.",
                hint: "Only an alert with missing_since can be dropped.")
        }
        let done = try await call.write(to: tools.store) { tx in
            let end = AlertChange(ending: status, of: labels)
            guard try RuleWriter.write([end], of: rule, in: tx) else {
                throw RPCError.conflict("The rule was changed meanwhile.", hint: "Try again.")
            }
            let key = RuleWriter.key(labels)
            try tx.audit("rule.forget", rule.ref, before: ["labels": key], after: nil)
            return Done()
        }
        if !call.isDryRun { rules[id]?.alerts[labels] = nil }
        return done
    }

    /// Follows a change that is in the store.
    private func follow(_ stored: StoredRule) {
        // Answers of two writes may overtake each other; the newer generation has been here then.
        guard var watched = rules[stored.id], watched.stored.generation < stored.generation else {
            return
        }
        let old = watched.stored.definition
        if !stored.definition.sees(sameAs: old) { watched.alerts = [:] }
        watched.stored = stored
        watched.error = nil
        rules[stored.id] = watched
        let (interval, rests) = (stored.definition.intervalMs, stored.definition.paused)
        if old.intervalMs != interval || old.paused != rests { schedule(stored.id) }
        pump()
    }

    // MARK: - Refusals

    /// Finds a rule by its ref or its name.
    func resolve(_ key: String) throws(RPCError) -> Int {
        if let rule = rules.values.first(where: { $0.stored.definition.name == key }) {
            return rule.stored.id
        }
        if let ref = Ref(key), ref.noun == "rule", let id = Int(ref.key), rules[id] != nil {
            return id
        }
        throw Self.missing(key)
    }

    static func missing(_ key: String) -> RPCError { .missing(key, "rule") }
}
