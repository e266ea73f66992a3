public import OpsCore
public import OpsJSONRPC

/// Ticketing: what somebody has to do something about, where it stands, and who has it.
///
/// This file is the table of contents: what the plugin declares, and what it is put together from.
public actor TicketingPlugin: Plugin, Reloads {
    /// What the plugin says about itself.
    public static let manifest = Manifest(
        name: "ticketing",
        version: "0.1.0",
        summary: "Incidents, requests and problems, in queues.",
        methods: TicketingMethods.declarations + CalendarMethods.declarations
            + SLAMethods.declarations + ApprovalMethods.declarations + ChangeMethods.declarations,
        events: TicketingMethods.events + CalendarMethods.events + SLAMethods.events
            + ApprovalMethods.events + ChangeMethods.events,
        calls: ["ci.impact", "ci.depends"],
        migrations: TicketingMigrations.all + SLAMigrations.all + ApprovalMigrations.all
            + ChangeMigrations.all)

    private let context: PluginContext
    private let desk: TicketDesk
    let watch: ClockWatch
    private let policy: Guarded<ChangePolicy>

    /// Runs on the loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    /// Refuses a matrix that is none, by its row or cell.
    public static func validate(_ settings: TicketingSettings) throws(RPCError) {
        _ = try PriorityMatrix(settings.priorityMatrix)
        _ = try ChangePolicy(settings.changeApprovals)
    }

    /// Puts the plugin together and binds its methods.
    public init(_ context: PluginContext, settings: TicketingSettings) throws {
        self.context = context
        policy = Guarded(try ChangePolicy(settings.changeApprovals))
        desk = TicketDesk(
            store: context.store, loop: context.loop, time: context.time,
            matrix: try PriorityMatrix(settings.priorityMatrix), policy: policy)
        TicketingMethods.bind(context.methods, to: desk)
        TicketingMethods.bind(context.methods, to: QueueDesk(store: context.store))
        CalendarMethods.bind(
            context.methods, to: CalendarDesk(store: context.store, time: context.time))
        SLAMethods.bind(context.methods, to: SLADesk(store: context.store, time: context.time))
        ApprovalMethods.bind(context.methods, to: ApprovalDesk(store: context.store))
        ChangeMethods.bind(
            context.methods,
            to: ChangeDesk(
                context: context, matrix: { [desk] in await desk.currentMatrix }, policy: policy))
        ChangeMethods.bind(context.methods, to: ChangeModelDesk(store: context.store))
        ChangeMethods.bind(context.methods, to: FreezeDesk(store: context.store))
        watch = ClockWatch(context)
    }

    /// Looks what came due by an SLA while nothing was running, and watches from then on.
    public func start() async throws { await watch.start() }

    /// Takes another matrix; tickets keep the priority that they have until they are changed.
    public func reload(_ settings: TicketingSettings) async throws {
        let policy = try ChangePolicy(settings.changeApprovals)
        self.policy.withLock { $0 = policy }
        await desk.use(try PriorityMatrix(settings.priorityMatrix))
    }

    /// Watches no longer; everything is in the store.
    public func stop() async { await watch.stop() }
}
