internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Checks come, change and go.
extension MonitoringService {
    // MARK: - By method

    func create(_ wish: CreateCheck, for call: Call) async throws -> Check {
        let definition = CheckDefinition(wish)
        guard definition.mayNeedOthers else { return try await create(definition, for: call) }
        // What it needs must not go before it is there.
        return try await turns.run { try await self.create(definition, for: call) }
    }

    private func create(_ definition: CheckDefinition, for call: Call) async throws -> Check {
        let kind = try validate(definition)
        try refuseDependencies(of: definition, replacing: nil)
        let writer = tools.writer
        let show = shower(nil)
        let stored = try await call.write(to: tools.store, answering: show) { tx in
            try writer.insert(definition, origin: .api, in: tx)
        }
        guard !call.isDryRun else { return show(stored) }
        adopt(stored, kind)
        pump()
        return try view(stored.id)
    }

    func update(_ change: UpdateCheck, for call: Call) async throws -> Check {
        let old = checks[try resolve(change.check)]?.stored
        if let old { try Self.refuseManaged(old) }
        let new = old?.definition.applying(change)
        guard new?.mayNeedOthers == true || new?.name != old?.definition.name else {
            return try await updateNow(change, for: call)
        }
        return try await turns.run { try await self.updateNow(change, for: call) }
    }

    private func updateNow(_ change: UpdateCheck, for call: Call) async throws -> Check {
        let id = try resolve(change.check)
        if let old = checks[id]?.stored.definition {
            let new = old.applying(change)
            _ = try validate(new)
            try refuseDependencies(of: new, replacing: id)
            if new.name != old.name { try refuseLoss(of: id, [old.name], hint: Self.renameHint) }
        }
        return try await rewrite(id, for: call) { [tools, limits] old in
            try Self.refuseManaged(old)
            try RPCError.refuseStale(change.generation, at: old.generation, old.definition.name)
            var new = old
            new.definition = old.definition.applying(change)
            _ = try new.definition.validated(
                by: tools.catalog, minIntervalMs: limits.minIntervalMs)
            return new
        }
    }

    func pause(
        _ key: String, _ isPaused: Bool, at generation: Int? = nil, for call: Call
    ) async throws -> Check {
        let id = try resolve(key)
        let change = { @Sendable (old: StoredCheck) in
            try RPCError.refuseStale(generation, at: old.generation, old.definition.name)
            var new = old
            new.isPaused = isPaused
            return new
        }
        guard checks[id]?.stored.maker != nil else {
            return try await rewrite(id, for: call, change)
        }
        // What its template and its target say may be changing just now.
        return try await turns.run { try await self.rewrite(id, for: call, change) }
    }

    func delete(
        _ key: String, at generation: Int? = nil, force: Bool = false, for call: Call
    ) async throws -> Done {
        try await turns.run {
            try await self.deleteNow(key, at: generation, force: force, for: call)
        }
    }

    private func deleteNow(
        _ key: String, at generation: Int?, force: Bool, for call: Call
    ) async throws -> Done {
        let id = try resolve(key)
        if let check = checks[id]?.stored, !force {
            try refuseLoss(
                of: id, [check.definition.name, check.ref.description], hint: Self.deleteHint)
        }
        let writer = tools.writer
        let known = checks[id]?.stored.definition
        let done = try await call.write(to: tools.store) { tx in
            guard let check = try CheckWriter.load(id, made: known, in: tx) else {
                throw Self.missing(key)
            }
            try Self.refuseManaged(check)
            try RPCError.refuseStale(generation, at: check.generation, check.definition.name)
            try writer.delete(check, in: tx)
            return Done()
        }
        if !call.isDryRun { forget(id) }
        return done
    }

    // MARK: - By file

    /// Makes the checks that `plugins.json` asks for, all or none, and deletes those that it does
    /// not ask for any more.
    func apply(_ desired: [CheckDefinition]) async throws {
        try await turns.run { try await self.applyNow(desired) }
    }

    private func applyNow(_ desired: [CheckDefinition]) async throws {
        let writer = tools.writer
        let plan = DesiredChecks.plan(
            desired, over: checks.all.map(\.stored).filter { $0.maker == nil })
        try judgeDependencies(of: desired, plan)
        guard !plan.isEmpty else { return }
        let done = try await tools.store.write(as: tools.author, reason: "plugins.json") { tx in
            try plan.carryOut(writer, in: tx)
        }
        for id in done.deleted { forget(id) }
        for check in done.updated { change(check) }
        await adopt(done.created)
        tools.logger.info(
            "the checks of plugins.json are up to date",
            metadata: [
                "created": "\(done.created.count)", "updated": "\(done.updated.count)",
                "deleted": "\(done.deleted.count)",
            ])
    }

    // MARK: - In memory

    private func validate(_ definition: CheckDefinition) throws -> any CheckKind {
        try definition.validated(by: tools.catalog, minIntervalMs: limits.minIntervalMs)
    }

    /// Writes what a change makes of a check, unless it changes nothing, follows it and answers
    /// the check as it then is.
    private func rewrite(
        _ id: Int, for call: Call,
        _ change: @escaping @Sendable (StoredCheck) throws -> StoredCheck
    ) async throws -> Check {
        let writer = tools.writer
        let show = shower(checks[id]?.shown)
        let known = checks[id]?.stored.definition
        let stored = try await call.write(to: tools.store, answering: show) { tx in
            guard let old = try CheckWriter.load(id, made: known, in: tx) else {
                throw Self.missing("\(StoredCheck.ref(id))")
            }
            let new = try change(old)
            let isSame = new.definition == old.definition && new.isPaused == old.isPaused
            return isSame ? old : try writer.update(old, to: new, in: tx)
        }
        guard !call.isDryRun else { return show(stored) }
        self.change(stored)
        return try view(id)
    }

    /// Shows checks as the store has them, which is all that a transaction knows: when they run
    /// next is decided afterwards.
    private func shower(_ shown: Observation?) -> @Sendable (StoredCheck) -> Check {
        { [catalog = tools.catalog] stored in
            Check(stored, observation: shown, nextCheckAt: nil, catalog: catalog)
        }
    }

    /// Takes new checks in by small portions: thousands at once would hold the loop up.
    func adopt(_ created: some Collection<StoredCheck>) async {
        checks.reserve(created.count)
        for (number, check) in created.enumerated() {
            // What was validated is stored now, whatever the limits have become meanwhile.
            adopt(check, isReadLater(check) ? nil : kind(of: check))
            if number % 500 == 499 {
                pump()
                await Task.yield()
            }
        }
        pump()
    }

    /// Whether it is enough to read the members of a check when it first looks; composite ones
    /// have to be known as what they are before that.
    func isReadLater(_ check: StoredCheck) -> Bool {
        check.maker != nil && !check.definition.isPassive
            && check.definition.type != CompositeCheck.kind
    }

    /// Makes a check findable by its name.
    func enter(_ stored: StoredCheck) {
        definitionsMark += 1
        if let maker = stored.maker {
            watchlist.add(stored.id, of: maker)
        } else {
            ids[stored.definition.name] = stored.id
        }
    }

    private func adopt(_ stored: StoredCheck, _ kind: (any CheckKind)?) {
        let check = WatchedCheck(stored, kind: kind)
        checks.insert(check)
        enter(stored)
        noteComposite(check)
        if stored.definition.mayNeedOthers {
            noteParents(of: stored.id)
            renewReachability(stored.id)
        }
        schedule(check, on: .change)
    }

    /// Follows a change of the definition that is in the store.
    func change(_ stored: StoredCheck) {
        let id = stored.id
        // Answers of two writes may overtake each other; the newer generation has been here then.
        guard var check = checks[id], check.stored.generation < stored.generation else { return }
        let old = check.stored
        check.stored.definition = stored.definition
        check.stored.origin = stored.origin
        check.stored.isPaused = stored.isPaused
        check.stored.updatedAt = stored.updatedAt
        check.stored.generation = stored.generation
        if old.definition.name != stored.definition.name { check.series = nil }
        checks[id] = check
        definitionsMark += 1
        if stored.maker == nil, old.definition.name != stored.definition.name {
            ids[old.definition.name] = nil
            ids[stored.definition.name] = id
        }
        renew(id, after: old)
        pump()
    }

    /// Lets a changed check look with new eyes and soon, and at new times where those have changed.
    private func renew(_ id: Int, after old: StoredCheck) {
        guard let new = checks[id]?.stored else { return }
        let looksElsewhere =
            old.definition.members != new.definition.members
            || old.definition.timeoutMs != new.definition.timeoutMs
        if looksElsewhere, isReadLater(new) {
            checks[id]?.kind = nil
            checks[id]?.probe = nil
        } else if looksElsewhere {
            replaceKind(of: id)
            noteParents(of: id)
        }
        follow(new.definition, of: id)
        if old.definition.name != new.definition.name || old.isPaused != new.isPaused {
            tellChildren(of: id, alsoKnownAs: old.definition.name)
        }
        if looksElsewhere || new.isPaused {
            checks[id]?.epoch += 1
            runs[id]?.cancel()
        }
        if new.isPaused {
            schedule.remove(id)
        } else if old.isPaused {
            schedule(id, on: .resumption)
        } else if looksElsewhere || old.definition.intervalMs != new.definition.intervalMs {
            schedule(id, on: .change)
        }
    }

    /// Judges by the new definition from now on; flapping that is not looked for any more is over.
    private func follow(_ definition: CheckDefinition, of id: Int) {
        let rules = WatchedCheck.rules(of: definition)
        guard let old = checks[id]?.rules, old != rules else { return }
        checks[id]?.rules = rules
        if old.keepFiring != rules.keepFiring, let until = checks[id]?.firingUntil {
            let latest = tools.time.uptime() + rules.keepFiring
            checks[id]?.firingUntil = rules.keepFiring > .zero ? min(until, latest) : nil
            reconcile([id])
        }
        if old.parents != rules.parents {
            noteParents(of: id)
            checks[id]?.kinship = rules.parents.isEmpty ? nil : Kinship()
            if renewReachability(id) { reconcile([id]) }
        }
        guard old.flapping?.algorithm != rules.flapping?.algorithm else { return }
        guard var check = checks[id], check.status.flap != nil else { return }
        check.status.flap = nil
        checks[id] = check
        save(UnsavedCheck(status: check.status, observation: check.newest), of: id)
        reconcile([id])
    }

    /// Reads the members of a check; one that makes no sense is kept and says so.
    func replaceKind(of id: Int) {
        guard let stored = checks[id]?.stored else { return }
        checks[id]?.probe = nil
        checks[id]?.kind = kind(of: stored)
        selections[id] = nil
    }

    func forget(_ id: Int) {
        guard let check = checks[id] else { return }
        checks[id] = nil
        definitionsMark += 1
        composites.remove(id)
        selections[id] = nil
        if let maker = check.stored.maker { watchlist.remove(maker, check: id) }
        if ids[check.stored.definition.name] == id { ids[check.stored.definition.name] = nil }
        schedule.remove(id)
        runs[id]?.cancel()
        dropUnsaved(id)
        noteParents(of: id)
        awaited[id] = nil
        reviews.removeValue(forKey: id)?.cancel()
        update(childrenOf: check)
        pump()
    }

    // MARK: - Refusals

    /// Finds a check by its ref or its name.
    func resolve(_ key: String) throws(RPCError) -> Int {
        if let id = ids[key] ?? watchlist.check(named: key) { return id }
        if let ref = Ref(key), ref.noun == "check", let id = Int(ref.key), checks[id] != nil {
            return id
        }
        throw Self.missing(key)
    }

    static func missing(_ key: String) -> RPCError {
        .notFound("There is no check \"\(key)\".", hint: "check.list shows those that there are.")
    }

    private static func refuseManaged(_ check: StoredCheck) throws(RPCError) {
        switch check.origin {
        case .api: return
        case .config:
            throw .conflict(
                "\"\(check.definition.name)\" is defined in plugins.json.",
                hint: "Change it there and reload; check.pause works here.")
        case .template:
            throw .conflict(
                "\"\(check.definition.name)\" is made by a template.",
                hint: "Change the template or the target's labels; check.pause works here.")
        }
    }
}
