internal import Logging
internal import OpsJSONRPC

/// A plugin that runs as a program of its own: brought up, watched, brought up again, stopped.
///
/// ```
///               ┌───────────────────── restarting <──────────┐
///               v                          ^  |              │ it ends, or has to be ended
///  stopped -> starting ─────────────────┐  |  | too often     │
///               |   |                   v  |  v              │
///               |   └──> disabled     failed (bad settings)  │
///               └──────────────> running ────────────────────┘
///  from everywhere: stop -> stopped
/// ```
actor ExternalPlugin {
    nonisolated let name: String
    nonisolated let log: PluginLog
    nonisolated let gate: PluginGate
    nonisolated let services: PluginServices
    nonisolated let values: PluginValues
    private let hooks: HookChain
    private let ledger: ProcessLedger

    private(set) var entry: PluginConfiguration
    private(set) var state = PluginHost.State.stopped
    private(set) var since: Instant
    private(set) var lastError: String?
    /// How often it was started after the first time.
    private(set) var restarts = 0
    private(set) var run: PluginRun?
    private(set) var manifest: ExternalManifest?
    /// The program that is being brought up.
    private var rising: PluginPeer?
    /// Raised by everything that takes the plugin's fate into its hands, so that what was under way
    /// before finds out that it has been overtaken.
    private var epoch = 0
    private var budget: RestartBudget
    private var restartTimer: (any TimerToken)?
    private var hasStarted = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        services.loop.asUnownedSerialExecutor()
    }

    init(
        _ entry: PluginConfiguration, _ services: PluginServices, hooks: HookChain,
        ledger: ProcessLedger
    ) {
        self.entry = entry
        self.services = services
        self.hooks = hooks
        self.ledger = ledger
        name = entry.name
        var logger = services.logger
        logger[metadataKey: "plugin"] = "\(entry.name)"
        log = PluginLog(time: services.time, logger: logger)
        gate = PluginGate(entry.name, on: services.loop, services.time)
        values = PluginValues(store: services.store, plugin: entry.name)
        budget = RestartBudget(entry.policy.restartPolicy)
        since = services.time.now()
    }

    // MARK: - Start

    /// What becomes of a plugin that did not start.
    private enum Fallback { case again, giveUp, callerDecides }

    /// Starts the plugin for the first time.
    ///
    /// When it fails and the daemon is to run without it, it is tried again, as after a death.
    func start() async throws(PluginError) {
        try hooks.set(guards, of: name)
        try await bringUp(entry, orElse: entry.onFailure == .degrade ? .again : .giveUp)
    }

    /// Starts a run, there being none.
    private func bringUp(
        _ entry: PluginConfiguration, orElse fallback: Fallback
    ) async throws(PluginError) {
        epoch += 1
        let mine = epoch
        if hasStarted { restarts += 1 }
        hasStarted = true
        enter(.starting)
        budget.didStart(at: services.time.uptime())
        gate.close(.pluginUnavailable("The plugin \(name) is starting."), returns: true)
        do {
            guard let run = try await rise(entry, mine) else { return }
            self.run = run
            lastError = nil
            enter(.running)
            log.note(.info, "started", ["pid": "\(run.peer.process.processID)"])
            services.routes.set(run.manifest.manifest.routes, of: name)
            gate.open(run.peer)
            watch(run)
        } catch {
            let error = error as? PluginError ?? .startFailed(name, "\(error)")
            // Whoever has overtaken this start has made other plans by now.
            if epoch == mine { settle(error, fallback) }
            throw error
        }
    }

    private func settle(_ error: PluginError, _ fallback: Fallback) {
        switch fallback {
        case .again:
            log.note(.error, "did not start: \(error.message)")
            planStart(after: error, ranFor: nil)
        case .giveUp: fail(error.message)
        case .callerDecides: break
        }
    }

    /// Brings a program up; nil when it does not want to run here.
    private func rise(_ entry: PluginConfiguration, _ mine: Int) async throws -> PluginRun? {
        let launch = launch(entry)
        let peer = try await launch.open()
        rising = peer
        var hasBegun = false
        do {
            let manifest = try await launch.describe(peer)
            try refuseOvertaken(mine)
            self.manifest = manifest
            if let reason = manifest.disableReason { throw Disabled(reason: reason) }
            try await launch.validate(peer, manifest)
            try refuseOvertaken(mine)
            try declare(manifest, entry)
            let run = makeRun(peer, manifest)
            hasBegun = true
            try await begin(run, launch, entry)
            try refuseOvertaken(mine)
            guard peer.process.isRunning else {
                throw PluginError.startFailed(name, "it ended as soon as it had started")
            }
            rising = nil
            return run
        } catch {
            await peer.stop(within: .milliseconds(entry.policy.stopTimeoutMs), asking: hasBegun)
            ledger.forget(name, peer.process.processID)
            if rising === peer { rising = nil }
            guard let disabled = error as? Disabled else { throw error }
            becomeDisabled(disabled.reason)
            return nil
        }
    }

    private struct Disabled: Error { let reason: String }

    private func begin(
        _ run: PluginRun, _ launch: PluginLaunch, _ entry: PluginConfiguration
    ) async throws {
        let folder = services.folder + "/" + name
        try await services.loop.workers.run { try DataDirectory.create(folder) }
        _ = try await launch.ask(
            run.peer, "plugin.start",
            [
                "config": entry.config, "grants": run.manifest.claims.json,
                "state_dir": .string(folder),
            ], within: .milliseconds(entry.policy.startTimeoutMs))
        try await run.feed.start()
    }

    private func makeRun(_ peer: PluginPeer, _ manifest: ExternalManifest) -> PluginRun {
        let requests = PluginRequests(
            of: peer, claims: manifest.claims, dispatcher: services.dispatcher, values: values)
        let feed = EventFeed(
            to: peer, services.events, topics: manifest.claims.subscribes, values: values)
        peer.listener = PluginPeer.Listener(
            onRequest: { requests.take($0) },
            onEnd: { [weak self] reason, isFailure in
                requests.stop()
                feed.stop()
                self?.assumeIsolated { $0.didEnd(peer, reason, isFailure) }
            })
        return PluginRun(
            peer: peer, manifest: manifest, requests: requests, feed: feed,
            startedAt: services.time.uptime())
    }

    nonisolated func launch(_ entry: PluginConfiguration) -> PluginLaunch {
        PluginLaunch(
            entry: entry, loop: services.loop, time: services.time, version: services.version,
            log: log, ledger: ledger)
    }

    private func refuseOvertaken(_ mine: Int) throws(PluginError) {
        guard epoch == mine else {
            throw .startFailed(name, "the start was overtaken by another one or by a stop")
        }
    }

    // MARK: - What it declares

    private func declare(
        _ manifest: ExternalManifest, _ entry: PluginConfiguration
    ) throws(PluginError) {
        let methods = manifest.manifest.methods
        if Set(services.registry.names(of: name)) != Set(methods.map(\.name))
            || declaredText != manifest.text
        {
            services.registry.withdraw(owner: name)
            try services.registry.declare(methods, owner: name)
            declaredText = manifest.text
        }
        let limit = Duration.milliseconds(entry.policy.callTimeoutMs)
        for method in methods { answer(method, manifest, limit) }
        try hooks.set(hookEntries(manifest, entry), of: name)
        services.contributors.set(contributor(manifest, entry))
    }

    /// The manifest by which the methods were declared; one that says the same leaves their
    /// statistics alone.
    private var declaredText: JSON?

    private func answer(
        _ method: MethodDeclaration, _ manifest: ExternalManifest, _ limit: Duration
    ) {
        guard let params = method.fieldSet as? TextualParams else { return }
        let rehearses = method.effect == .read || manifest.features.contains(.dryRun)
        services.registry.setHandler(
            .suspending { [gate] call, json in
                let params = try params.decode(json)
                if !rehearses { try Rehearsal.refuseWrites() }
                return try await gate.answer(method, call, params, limit: limit)
            }, for: method.name, owner: name)
    }

    private func hookEntries(
        _ manifest: ExternalManifest, _ entry: PluginConfiguration
    ) -> [HookEntry] {
        manifest.manifest.hooks.map { hook in
            hookEntry(hook, entry.hooks[hook.name] ?? HookSettings(), entry)
        }
    }

    private func contributor(
        _ manifest: ExternalManifest, _ entry: PluginConfiguration
    ) -> Contributor {
        let limit = Duration.milliseconds(entry.policy.contributionTimeoutMs)
        return Contributor(
            plugin: name, declarations: manifest.manifest.contributions,
            presence: .here(
                within: limit,
                { [gate] question, call in
                    try await gate.ask(question, for: call, within: limit)
                }))
    }

    /// Until the plugin has said which hooks it takes part in, calls that may not go on without it
    /// do not.
    private var guards: [HookEntry] {
        entry.hooks.filter { $0.value.onError == .fail }.map { hook, settings in
            hookEntry(HookDeclaration(hook), settings, entry)
        }
    }

    private func hookEntry(
        _ hook: HookDeclaration, _ settings: HookSettings, _ entry: PluginConfiguration
    ) -> HookEntry {
        let limit = Duration.milliseconds(entry.policy.hookTimeoutMs)
        return HookEntry(
            plugin: name, declaration: hook, settings: settings, timeout: limit,
            ask: { [gate] payload, call in
                try await gate.ask(hook.name, payload, call, within: limit)
            })
    }

    // MARK: - Its end

    private func didEnd(_ peer: PluginPeer, _ reason: String, _ isFailure: Bool) {
        guard let run, run.peer === peer else { return }
        self.run = nil
        ledger.forget(name, peer.process.processID)
        services.routes.set([], of: name)
        log.note(isFailure ? .warning : .notice, "ended: \(reason)")
        lastError = reason
        let mode = entry.policy.restartPolicy.mode
        guard mode == .always || mode == .onFailure && isFailure else {
            enter(isFailure ? .failed : .stopped)
            return gate.close(
                .pluginUnavailable("The plugin \(name) is not running: \(reason)."),
                returns: false)
        }
        planStart(
            after: .startFailed(name, reason), ranFor: services.time.uptime() - run.startedAt)
    }

    /// Plans the next start, unless there have been too many.
    private func planStart(after error: PluginError, ranFor: Duration?) {
        guard error.isTransient, entry.policy.restartPolicy.mode != .never else {
            return fail(error.message)
        }
        let pause = budget.pause(
            at: services.time.uptime(), ranFor: ranFor, random: services.random())
        guard let pause else {
            return fail("\(error.message); it was started too often and is given up")
        }
        lastError = error.message
        enter(.restarting)
        var refusal = RPCError.pluginUnavailable(
            "The plugin \(name) is started again soon: \(error.message).")
        refusal.retryAfterMs = Int(pause.milliseconds) + 100
        gate.close(refusal, returns: true)
        let mine = epoch
        restartTimer = services.time.timer(on: services.loop, after: pause) { [weak self] in
            Task { await self?.startAgain(mine) }
        }
    }

    private func startAgain(_ planned: Int) async {
        guard epoch == planned, state == .restarting else { return }
        // What goes wrong has been logged, and the next start is planned.
        try? await bringUp(entry, orElse: .again)
    }

    private func fail(_ reason: String) {
        lastError = reason
        enter(.failed)
        log.note(.error, "failed: \(reason)")
        var refusal = RPCError.pluginUnavailable("The plugin \(name) has failed: \(reason).")
        refusal.hint = "`opsloop plugin restart \(name)` starts it again."
        gate.close(refusal, returns: false)
    }

    private func becomeDisabled(_ reason: String) {
        lastError = reason
        enter(.disabled)
        log.note(.notice, "does not want to run here: \(reason)")
        gate.close(
            .pluginUnavailable("The plugin \(name) does not run here: \(reason)."), returns: false)
    }

    private func enter(_ state: PluginHost.State) {
        self.state = state
        since = services.time.now()
    }

    // MARK: - Stop and restart

    /// Stops the plugin; it starts again only when it is asked to.
    func stop() async {
        gate.close(.pluginUnavailable("The plugin \(name) is stopping."), returns: false)
        await bringDown()
        services.registry.silence(owner: name)
        try? hooks.set([], of: name)
        if state != .failed, state != .disabled { enter(.stopped) }
    }

    /// Stops the plugin and starts it anew, with a fresh budget.
    func restart() async throws(PluginError) {
        gate.close(.pluginUnavailable("The plugin \(name) is restarted."), returns: true)
        await bringDown()
        budget.forget()
        try await bringUp(entry, orElse: .again)
    }

    private func bringDown() async {
        epoch += 1
        restartTimer.take()?.cancel()
        let peer = run?.peer ?? rising
        run?.feed.stop()
        run = nil
        services.routes.set([], of: name)
        guard let peer else { return }
        if rising === peer {
            // Whoever brings it up finds it gone and cleans up behind it.
            return peer.end("it was stopped while it started")
        }
        await peer.stop(within: .milliseconds(entry.policy.stopTimeoutMs))
        ledger.forget(name, peer.process.processID)
    }

    // MARK: - New settings

    /// Changes over to another entry: the new one is tried out first, and when it fails after all
    /// the old one runs again.
    func reload(_ new: PluginConfiguration) async throws(PluginError) -> PluginHost.Reloaded {
        guard new != entry else { return .unchanged }
        try await PluginTrial(launch(new)).run()
        if let run, entry.differsInSettingsOnly(from: new), run.manifest.features.contains(.reload),
            await applies(new.config, to: run.peer)
        {
            entry = new
            return .applied
        }
        let old = entry
        gate.close(.pluginUnavailable("The plugin \(name) is restarted."), returns: true)
        await bringDown()
        budget = RestartBudget(new.policy.restartPolicy)
        do throws(PluginError) {
            try await bringUp(new, orElse: .callerDecides)
            entry = new
            return .applied
        } catch {
            await goBack(to: old)
            throw PluginError(
                code: .reloadFailed, plugin: name,
                message: "did not start with its new settings, so the old ones stay: "
                    + error.message)
        }
    }

    private func applies(_ config: JSON, to peer: PluginPeer) async -> Bool {
        let limit = Duration.milliseconds(entry.policy.startTimeoutMs)
        let answer = try? await peer.ask("plugin.reload", ["config": config], within: limit)
        return answer?["applied"] == true
    }

    private func goBack(to old: PluginConfiguration) async {
        budget = RestartBudget(old.policy.restartPolicy)
        // What goes wrong has been logged, and the next start is planned.
        try? await bringUp(old, orElse: .again)
    }
}
