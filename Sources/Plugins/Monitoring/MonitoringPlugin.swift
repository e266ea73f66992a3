public import OpsCore
public import OpsJSONRPC

/// Monitoring: looks at things again and again, decides how they are, and says so when it changes.
///
/// This file is the table of contents: what the plugin declares, and what it is put together from.
public actor MonitoringPlugin: Plugin, Reloads, Contributes {
    /// What the plugin says about itself.
    public static let manifest = Manifest(
        name: "monitoring",
        version: "0.2.0",
        summary: "Checks, their states and history, and the metrics that they bring.",
        methods: MonitoringMethods.declarations(.standard) + MaintenanceMethods.declarations
            + RuleMethods.declarations + SLOMethods.declarations,
        events: [
            EventDeclaration("check.created", "A check was created: check, name, type, labels."),
            EventDeclaration("check.updated", "A check was changed, paused or resumed."),
            EventDeclaration("check.deleted", "A check was deleted with its history."),
            EventDeclaration(
                "check.state_changed",
                "A check's hard state changed and nothing kept it from being announced: check, "
                    + "name, type, labels, state, previous_state, attempt, output, at."),
            EventDeclaration(
                "check.flapping_changed",
                "A check began or ceased to flap: check, name, type, labels, flapping, "
                    + "flap_percent, state, at."),
            EventDeclaration(
                "check.applied",
                "Targets, templates or a desired state changed: counts of what came, changed, went."
            ),
            EventDeclaration("target.created", "A target was created: name, address, labels."),
            EventDeclaration("target.updated", "A target was changed."),
            EventDeclaration("target.deleted", "A target was deleted with its made checks."),
            EventDeclaration("check.template.created", "A template was created: its members."),
            EventDeclaration("check.template.updated", "A template was changed."),
            EventDeclaration("check.template.deleted", "A template was deleted with its checks."),
        ] + MaintenanceMethods.events + RuleMethods.events + SLOMethods.events,
        calls: ["ci.get"],
        contributions: CheckContributions.declarations,
        migrations: MonitoringMigrations.all)

    private let context: PluginContext
    private let service: MonitoringService
    private let maintenance: MaintenanceService
    private let rules: RuleService
    private let slos: SLOService
    private let probes: ProbeTools
    private let desired: [CheckDefinition]

    /// Runs on the loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    /// Refuses checks of the file that cannot be, each by its path, such as `checks[2].url`.
    public static func validate(_ settings: MonitoringSettings) throws(RPCError) {
        _ = try DesiredChecks.read(settings, catalog: .standard)
    }

    /// Puts the plugin together and binds its methods; nothing runs yet.
    public init(_ context: PluginContext, settings: MonitoringSettings) throws {
        self.context = context
        probes = ProbeTools(loop: context.loop, time: context.time)
        desired = try DesiredChecks.read(settings, catalog: .standard)
        let book = MaintenanceBook()
        service = MonitoringService(
            MonitoringService.Tools(
                store: context.store, loop: context.loop, time: context.time,
                logger: context.logger,
                metrics: CheckMetrics(context.series, logger: context.logger),
                probes: probes,
                catalog: .standard, maintenance: book, author: context.principal),
            limits: CheckLimits(settings))
        rules = RuleService(
            RuleService.Tools(
                store: context.store, loop: context.loop, time: context.time,
                logger: context.logger,
                reader: RuleReader(series: context.series, loop: context.loop), maintenance: book,
                checks: service, author: context.principal))
        slos = SLOService(
            SLOService.Tools(
                store: context.store, loop: context.loop, time: context.time,
                logger: context.logger,
                reader: SLOReader(series: context.series, loop: context.loop), maintenance: book,
                checks: service, author: context.principal))
        maintenance = MaintenanceService(
            MaintenanceService.Tools(
                store: context.store, loop: context.loop, time: context.time,
                logger: context.logger, book: book, checks: service, rules: rules,
                author: context.principal))
        MonitoringMethods.bind(context.methods, to: service)
        MonitoringMethods.bindDesired(context.methods, to: service)
        MaintenanceMethods.bind(context.methods, to: maintenance)
        RuleMethods.bind(context.methods, to: rules)
        SLOMethods.bind(context.methods, to: slos)
        MonitoringMethods.bind(
            context.methods, to: MetricQueries(series: context.series, time: context.time))
        MonitoringMethods.bind(
            context.methods,
            to: MetricChanges(series: context.series, store: context.store, time: context.time))
    }

    /// Takes the stored checks up, brings those of the file up to date and begins to run them.
    public func start() async throws {
        try await maintenance.start()
        try await service.start(desired)
        try await rules.start()
        try await slos.start()
        await maintenance.watch()
    }

    /// Changes over to a new list of checks and new limits.
    public func reload(_ settings: MonitoringSettings) async throws {
        // A long list takes a while to read; the loop goes on meanwhile.
        let desired = try await context.loop.workers.run {
            try DesiredChecks.read(settings, catalog: .standard)
        }
        try await service.reload(desired, limits: CheckLimits(settings))
    }

    /// Says of items and checks which checks fail, and how their metrics went.
    public func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        try await CheckContributions(
            context: context, checks: service
        ).contributions(question)
    }

    /// Ends all runs and saves what is still to be saved.
    public func stop() async {
        await maintenance.stop()
        await slos.stop()
        await rules.stop()
        await service.stop()
        await probes.close()
    }
}
