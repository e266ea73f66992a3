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
        methods: TicketingMethods.declarations,
        events: TicketingMethods.events,
        migrations: TicketingMigrations.all)

    private let context: PluginContext
    private let desk: TicketDesk

    /// Runs on the loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    /// Refuses a matrix that is none, by its row or cell.
    public static func validate(_ settings: TicketingSettings) throws(RPCError) {
        _ = try PriorityMatrix(settings.priorityMatrix)
    }

    /// Puts the plugin together and binds its methods.
    public init(_ context: PluginContext, settings: TicketingSettings) throws {
        self.context = context
        desk = TicketDesk(
            store: context.store, loop: context.loop, time: context.time,
            matrix: try PriorityMatrix(settings.priorityMatrix))
        TicketingMethods.bind(context.methods, to: desk)
        TicketingMethods.bind(context.methods, to: QueueDesk(store: context.store))
    }

    /// Nothing runs by itself yet: everything is in the store.
    public func start() async throws {}

    /// Takes another matrix; tickets keep the priority that they have until they are changed.
    public func reload(_ settings: TicketingSettings) async throws {
        await desk.use(try PriorityMatrix(settings.priorityMatrix))
    }

    /// Leaves nothing behind.
    public func stop() async {}
}
