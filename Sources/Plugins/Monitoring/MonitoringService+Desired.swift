internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Targets, templates, and the checks that they make together.
///
/// Every change is planned off the loop from what is in memory, written in one transaction and then
/// followed in memory; one change after the other, so that a plan stays true until it is written.
extension MonitoringService {
    /// Reads checks as the limits of now want them.
    nonisolated func reader(_ limits: CheckLimits) -> CheckReader {
        CheckReader(tools.catalog, minIntervalMs: limits.minIntervalMs)
    }

    // MARK: - Targets

    func create(_ wish: CreateTarget, for call: Call) async throws -> Target {
        let wanted = try TargetDefinition(wish)
        return try await changeTargets(for: call) { watchlist in
            try Self.refuse(watchlist.target(named: wanted.name).map { ($0.ref, wanted.name) })
            return Changes(create: [wanted], keeping: [])
        }
    }

    func update(_ change: UpdateTarget, for call: Call) async throws -> Target {
        try await changeTargets(for: call) { watchlist in
            let old = try watchlist.findTarget(change.target)
            try RPCError.refuseStale(change.generation, at: old.generation, old.definition.name)
            var wish = CreateTarget()
            wish.name = change.name ?? old.definition.name
            // An address that nobody gave follows the name.
            let usual = old.definition.address == old.definition.name
            wish.address = change.address ?? (usual ? nil : old.definition.address)
            wish.labels = change.labels ?? old.definition.labels
            let new = try TargetDefinition(wish)
            let twin = watchlist.target(named: new.name).flatMap { $0.id == old.id ? nil : $0 }
            try Self.refuse(twin.map { ($0.ref, new.name) })
            return new == old.definition
                ? Changes(keeping: [old]) : Changes(update: [(old, new)], keeping: [])
        }
    }

    func delete(_ params: DeleteTarget, for call: Call) async throws -> Done {
        try await carryOut(for: call, answering: { _ in Done() }) { watchlist, _, _ in
            let old = try watchlist.findTarget(params.target)
            try RPCError.refuseStale(params.generation, at: old.generation, old.definition.name)
            return try DesiredPlan(
                targets: Changes(delete: [old], keeping: []),
                templates: Changes(keeping: Array(watchlist.templates.values)), over: watchlist)
        }
        return Done()
    }

    func target(_ key: String) throws -> Target { show(try watchlist.findTarget(key)) }

    func list(_ params: ListTargets) throws -> Page<Target> {
        let selector = try LabelSelector(params.label ?? "", member: "label")
        let prefix = params.name ?? ""
        let found = watchlist.targets.values.filter {
            $0.definition.name.hasPrefix(prefix) && selector.accepts($0.definition.checkLabels)
        }
        return Page(
            found, by: \.definition.name, after: params.cursor, limit: params.limit, show: show)
    }

    private func changeTargets(
        for call: Call,
        _ changes: @escaping @Sendable (Watchlist) throws -> Changes<TargetDefinition, StoredTarget>
    ) async throws -> Target {
        let outcome = try await carryOut(for: call, answering: Self.firstTarget) {
            watchlist, _, _ in
            try DesiredPlan(
                targets: try changes(watchlist),
                templates: Changes(keeping: Array(watchlist.templates.values)), over: watchlist)
        }
        return try Self.firstTarget(outcome)
    }

    /// The one target that a change was about.
    private static func firstTarget(_ done: Carried) throws -> Target {
        guard let target = done.outcome.targets.first ?? done.plan.targets.unchanged.first else {
            throw RPCError.internalError()
        }
        let created = done.outcome.made.count { $0.pending.maker.target == target.id }
        let gone = done.plan.made.delete.count
        let before = done.watchlist.checks(ofTarget: target.id)
        return Target(target, checks: before + created - gone)
    }

    private func show(_ target: StoredTarget) -> Target {
        Target(target, checks: watchlist.checks(ofTarget: target.id))
    }

    // MARK: - Templates

    func create(_ wish: CreateTemplate, for call: Call) async throws -> Template {
        try await changeTemplates(for: call) { watchlist, reader in
            try Self.refuse(watchlist.template(named: wish.name).map { ($0.ref, wish.name) })
            let new = try CheckTemplate(
                name: wish.name, match: wish.match, given: wish.members, reader)
            return Changes(create: [new], keeping: [])
        }
    }

    func update(_ change: UpdateTemplate, for call: Call) async throws -> Template {
        try await changeTemplates(for: call) { watchlist, reader in
            let old = try watchlist.findTemplate(change.template)
            try RPCError.refuseStale(change.generation, at: old.generation, old.template.name)
            let name = change.name ?? old.template.name
            let twin = watchlist.template(named: name).flatMap { $0.id == old.id ? nil : $0 }
            try Self.refuse(twin.map { ($0.ref, name) })
            let new = try CheckTemplate(
                name: name, match: change.match ?? old.template.selector.text,
                given: old.template.given.changed(by: change.members), reader)
            return new == old.template
                ? Changes(keeping: [old]) : Changes(update: [(old, new)], keeping: [])
        }
    }

    func delete(_ params: DeleteTemplate, for call: Call) async throws -> Done {
        try await carryOut(for: call, answering: { _ in Done() }) { watchlist, _, _ in
            let old = try watchlist.findTemplate(params.template)
            try RPCError.refuseStale(params.generation, at: old.generation, old.template.name)
            return try DesiredPlan(
                targets: Changes(keeping: Array(watchlist.targets.values)),
                templates: Changes(delete: [old], keeping: []), over: watchlist)
        }
        return Done()
    }

    func template(_ key: String) throws -> Template { show(try watchlist.findTemplate(key)) }

    func list(_ params: ListTemplates) throws -> Page<Template> {
        let prefix = params.name ?? ""
        let found = watchlist.templates.values.filter { $0.template.name.hasPrefix(prefix) }
        return Page(
            found, by: \.template.name, after: params.cursor, limit: params.limit, show: show)
    }

    private func changeTemplates(
        for call: Call,
        _ changes:
            @escaping @Sendable (Watchlist, CheckReader) throws -> Changes<
                CheckTemplate, StoredTemplate
            >
    ) async throws -> Template {
        let catalog = tools.catalog
        let outcome = try await carryOut(
            for: call, answering: { try Self.firstTemplate($0, catalog) }
        ) { watchlist, _, reader in
            try DesiredPlan(
                targets: Changes(keeping: Array(watchlist.targets.values)),
                templates: try changes(watchlist, reader), over: watchlist)
        }
        return try Self.firstTemplate(outcome, catalog)
    }

    private static func firstTemplate(
        _ done: Carried, _ catalog: CheckCatalog
    ) throws -> Template {
        let stored = done.outcome.templates.first ?? done.plan.templates.unchanged.first
        guard let stored else { throw RPCError.internalError() }
        let created = done.outcome.made.count { $0.pending.maker.template == stored.id }
        let before = done.watchlist.checks(ofTemplate: stored.id)
        return Template(
            stored, checks: before + created - done.plan.made.delete.count, catalog: catalog)
    }

    private func show(_ template: StoredTemplate) -> Template {
        Template(
            template, checks: watchlist.checks(ofTemplate: template.id), catalog: tools.catalog)
    }

    // MARK: - The whole

    func apply(_ params: ApplyState, for call: Call) async throws -> Applied {
        let catalog = tools.catalog
        let answer = { @Sendable (done: Carried) in
            Applied(done.plan, limit: params.limit, catalog: catalog)
        }
        let done = try await carryOut(for: call, answering: answer) { watchlist, own, reader in
            try DesiredPlan(
                DesiredState(params.state, reader), over: watchlist, own: own, reader)
        }
        return answer(done)
    }

    func export() async throws -> JSON.Object {
        let (watchlist, own, catalog) = (watchlist, ownChecks, tools.catalog)
        return try await tools.loop.workers.run {
            DesiredState.export(watchlist, own: own, catalog: catalog)
        }
    }

    /// The checks that came by a method.
    private var ownChecks: [StoredCheck] {
        ids.values.compactMap { checks[$0]?.stored }.filter { $0.origin == .api }
    }

    // MARK: - Carrying out

    /// A plan and what came of it.
    struct Carried: Sendable {
        var plan: DesiredPlan
        var outcome: DesiredWriter.Outcome
        /// What there was before.
        var watchlist: Watchlist
    }

    @discardableResult
    private func carryOut<Answer: Codable & Sendable>(
        for call: Call, answering answer: @escaping @Sendable (Carried) throws -> Answer,
        _ makePlan:
            @escaping @Sendable (Watchlist, [StoredCheck], CheckReader) throws -> DesiredPlan
    ) async throws -> Carried {
        try await turns.run {
            try await self.carryOutNow(for: call, answering: answer, makePlan)
        }
    }

    private func carryOutNow<Answer: Codable & Sendable>(
        for call: Call, answering answer: @escaping @Sendable (Carried) throws -> Answer,
        _ makePlan:
            @escaping @Sendable (Watchlist, [StoredCheck], CheckReader) throws -> DesiredPlan
    ) async throws -> Carried {
        let (watchlist, own, reader) = (watchlist, ownChecks, reader(limits))
        let before = PlannedDependencies.Before(
            watchlist: watchlist, own: ids.values.compactMap { checks[$0]?.stored },
            dependents: dependents, counted: counted)
        let workers = tools.loop.workers
        let plan = try await workers.run {
            let plan = try makePlan(watchlist, own, reader)
            try PlannedDependencies(plan, over: before).judge()
            return plan
        }
        let writer = DesiredWriter(writer: tools.writer)
        let verdict = Verdict()
        // The only writer waits for it: it must not stand behind work that may hang.
        let judge = WorkerPool(threads: 1, name: "desired")
        defer { judge.close() }
        Task {
            do {
                try await judge.run { try plan.validateMade(reader) }
                verdict.give(nil)
            } catch {
                verdict.give(error)
            }
        }
        let carried = try await call.write(to: tools.store, answering: answer) { tx in
            let outcome = try writer.carryOut(plan, in: tx)
            // What is wrong with a check takes everything back.
            try verdict.wait()
            return Carried(plan: plan, outcome: outcome, watchlist: watchlist)
        }
        if !call.isDryRun { await follow(carried.outcome) }
        return carried
    }

    /// Does in memory what has been done in the store.
    private func follow(_ outcome: DesiredWriter.Outcome) async {
        for target in outcome.targets { watchlist.set(target) }
        for template in outcome.templates { watchlist.set(template) }
        await inPortions(outcome.deleted) { forget($0) }
        await inPortions(outcome.updated) { change($0) }
        watchlist.remove(targets: outcome.goneTargets, templates: outcome.goneTemplates)
        await adopt(outcome.created)
        await adopt(outcome.made.lazy.map(\.stored))
    }

    /// Thousands at once would hold the loop up.
    private func inPortions<Item>(_ items: [Item], _ body: (Item) -> Void) async {
        for (number, item) in items.enumerated() {
            body(item)
            if number % 500 == 499 { await Task.yield() }
        }
    }

    // MARK: - Refusals

    private static func refuse(_ twin: (ref: Ref, name: String)?) throws(RPCError) {
        guard let twin else { return }
        throw .conflict(
            "The name \"\(twin.name)\" is taken already, by \(twin.ref).",
            hint: "Choose another name, or change that one.")
    }
}

extension Watchlist {
    /// Finds a target by its ref or its name.
    func findTarget(_ key: String) throws(RPCError) -> StoredTarget {
        let id = Ref(key).flatMap { $0.noun == "target" ? Int($0.key) : nil }
        guard let found = target(named: key) ?? id.flatMap({ targets[$0] }) else {
            throw .notFound(
                "There is no target \"\(key)\".", hint: "target.list shows those that there are.")
        }
        return found
    }

    /// Finds a template by its ref or its name.
    func findTemplate(_ key: String) throws(RPCError) -> StoredTemplate {
        let id = Ref(key).flatMap { $0.noun == "check_template" ? Int($0.key) : nil }
        guard let found = template(named: key) ?? id.flatMap({ templates[$0] }) else {
            throw .notFound(
                "There is no template \"\(key)\".",
                hint: "check.template.list shows those that there are.")
        }
        return found
    }
}

extension JSON.Object {
    /// The object with the changes on top; a member that is null goes.
    fileprivate func changed(by changes: JSON.Object) -> JSON.Object {
        var changed = self
        for (name, value) in changes { changed[name] = value.isNull ? Optional.none : value }
        return changed
    }
}
