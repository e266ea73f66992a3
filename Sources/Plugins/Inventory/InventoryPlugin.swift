public import OpsCore
public import OpsJSONRPC

/// Inventory: what there is, who answers for it, and what stands on what.
///
/// This file is the table of contents: what the plugin declares, and what it is put together from.
public actor InventoryPlugin: Plugin, Contributes, Reverts {
    /// What the plugin says about itself.
    public static let manifest = Manifest(
        name: "inventory",
        version: "0.1.0",
        summary: "Configuration items and what they stand on; services, teams, people, locations.",
        methods: InventoryMethods.declarations,
        events: InventoryMethods.events,
        contributions: InventoryContributions.declarations,
        records: RecordKinds.all.map { kind in
            let noun = kind.noun
            return RecordDeclaration(
                noun, wholeIn: ["\(noun).created", "\(noun).updated", "\(noun).deleted"],
                partsIn: noun == Item.kind.noun ? ["ci.related", "ci.unrelated"] : [],
                partsBy: [RelateItems.name, UnrelateItems.name])
        },
        migrations: InventoryMigrations.all)

    private let context: PluginContext
    private let service: InventoryService

    /// Runs on the loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    /// Puts the plugin together and binds its methods.
    public init(_ context: PluginContext, settings: InventorySettings) {
        self.context = context
        service = InventoryService(
            store: context.store, workers: context.loop.workers, time: context.time,
            maxImportRecords: settings.maxImportRecords,
            forgetUndocumented: .milliseconds(settings.forgetUndocumentedMs))
        InventoryMethods.bind(context.methods, to: service)
    }

    /// Nothing is kept in memory, so there is nothing to take up.
    public func start() async throws {}

    /// Nothing runs between two calls.
    public func stop() async {}

    /// Says of items what they are, and what is affected when they fail.
    public func contributions(_ question: ContributionQuestion) async throws -> [Contribution] {
        try await service.contributions(question)
    }

    /// Makes a record what it was.
    public nonisolated func restore(
        _ ref: Ref, to state: JSON.Object?, in tx: WriteTransaction
    ) throws {
        try RecordWriter.restore(ref, to: state, in: tx)
    }

    /// Makes the relations of an item what they were before a change.
    public nonisolated func takeBack(
        part action: String, of ref: Ref, before: JSON?, after: JSON?, in tx: WriteTransaction
    ) throws {
        try RelationWriter.takeBack(ref, before: before, after: after, in: tx)
    }
}
