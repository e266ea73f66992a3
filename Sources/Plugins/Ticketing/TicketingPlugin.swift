public import OpsCore
public import OpsJSONRPC

/// Ticketing: what somebody has to do something about, where it stands, and who has it.
///
/// This file is the table of contents: what the plugin declares, and what it is put together from.
public actor TicketingPlugin: Plugin, Reloads, Reverts {
    /// What the plugin says about itself.
    public static let manifest = Manifest(
        name: "ticketing",
        version: "0.1.0",
        summary: "Incidents, requests, problems and changes, in queues, with SLAs.",
        methods: TicketingMethods.declarations + QueueMethods.declarations
            + CalendarMethods.declarations + SLAMethods.declarations + ClockMethods.declarations
            + ApprovalMethods.declarations + ChangeMethods.declarations
            + ChangeModelMethods.declarations + FreezeMethods.declarations
            + TriggerMethods.declarations + TriggerTestMethods.declarations
            + TicketTemplateMethods.declarations + ViewMethods.declarations,
        events: TicketingMethods.events + QueueMethods.events + CalendarMethods.events
            + SLAMethods.events + ClockMethods.events + ApprovalMethods.events
            + ChangeMethods.events + ChangeModelMethods.events + FreezeMethods.events
            + TriggerMethods.events + TriggerTestMethods.events + TicketTemplateMethods.events
            + ViewMethods.events,
        calls: ["ci.get", "ci.impact", "ci.depends"],
        subscribes: IntakeWriter.topics,
        records: RecordKinds.declarations + [TicketReverter.declaration]
            + TicketReverter.parts,
        migrations: TicketingMigrations.all + SLAMigrations.all + ApprovalMigrations.all
            + ChangeMigrations.all + TriggerMigrations.all + TemplateMigrations.all
            + ViewMigrations.all)

    private let context: PluginContext
    /// The rules by which changes are taken back, which nobody waits for the loop with.
    private let policy: Guarded<TicketingPolicy>
    private let desk: TicketDesk
    private let attachments: AttachmentDesk
    private let intake: IntakeListener
    let watch: DueWatch

    /// Runs on the loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    /// Refuses what is wrong by the place in the settings.
    public static func validate(_ settings: TicketingSettings) throws(RPCError) {
        _ = try TicketingPolicy(settings)
    }

    /// Puts the plugin together and binds its methods.
    public init(_ context: PluginContext, settings: TicketingSettings) throws {
        self.context = context
        let policy = try TicketingPolicy(settings)
        self.policy = Guarded(policy)
        intake = IntakeListener(context, policy: policy)
        desk = TicketDesk(
            store: context.store, loop: context.loop, time: context.time,
            policy: policy)
        attachments = AttachmentDesk(
            store: context.store, loop: context.loop, maxBytes: settings.maxAttachmentBytes)
        TicketingMethods.bind(context.methods, to: desk)
        TicketingMethods.bind(context.methods, to: attachments)
        TicketingMethods.bind(context.methods, to: MoveDesk(store: context.store))
        TicketingMethods.bind(context.methods, to: ContextDesk(context: context))
        let current: @Sendable () async -> TicketingPolicy = { [desk] in await desk.currentPolicy }
        TicketingMethods.bind(
            context.methods,
            to: ImportDesk(
                context: context, policy: current))
        QueueMethods.bind(context)
        CalendarMethods.bind(context)
        SLAMethods.bind(context)
        ClockMethods.bind(context.methods, to: ClockDesk(store: context.store, time: context.time))
        ApprovalMethods.bind(
            context.methods, to: ApprovalDesk(store: context.store, policy: current))
        ChangeMethods.bind(context.methods, to: ChangeDesk(context: context, policy: current))
        ChangeModelMethods.bind(context)
        FreezeMethods.bind(context)
        TriggerMethods.bind(context) {
            let fields = await current().fields
            return { try $0.check(fields) }
        }
        TriggerTestMethods.bind(
            context.methods, to: TriggerDesk(store: context.store, policy: current))
        TicketTemplateMethods.bind(context) {
            let fields = await current().fields
            return { try $0.check(fields) }
        }
        ViewMethods.bind(context.methods, to: ViewDesk(store: context.store))
        watch = DueWatch(context, [TicketClocks.due, TriggerWaits.due(by: current)])
    }

    /// Looks what came due meanwhile, and follows the checks from where it ended.
    public func start() async throws {
        await watch.start()
        try await intake.start()
    }

    /// Takes other settings; tickets keep what they have until they are changed.
    public func reload(_ settings: TicketingSettings) async throws {
        let policy = try TicketingPolicy(settings)
        self.policy.withLock { $0 = policy }
        await desk.use(policy)
        await intake.use(policy)
        await attachments.use(maxBytes: settings.maxAttachmentBytes)
    }

    /// Makes a ticket or another record what it was.
    public nonisolated func restore(
        _ ref: Ref, to state: JSON.Object?, in tx: WriteTransaction
    ) throws {
        if let type = RecordKinds.type(of: ref) { return try type.restore(ref, to: state, in: tx) }
        try TicketReverter.restore(ref, to: state, policy.withLock { $0 }, in: tx)
    }

    /// Makes the links of a ticket what they were before a change.
    public nonisolated func takeBack(
        part action: String, of ref: Ref, before: JSON?, after: JSON?, in tx: WriteTransaction
    ) throws {
        try TicketReverter.takeBack(link: after, or: before, of: ref, in: tx)
    }

    /// Follows nothing any more.
    public func stop() async {
        await intake.stop()
        await watch.stop()
    }
}
