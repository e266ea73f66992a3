import Logging
import OpsCore

/// A plugin that does nothing but say so; what is wrong with it stands in its manifest.
actor IdlePlugin<Species: IdleSpecies>: Plugin {
    static var manifest: Manifest { Species.manifest }
    private let context: PluginContext

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("started")
    }

    func stop() async {
        context.logger.info("stopped")
    }
}

/// What distinguishes one idle plugin from another.
protocol IdleSpecies {
    static var manifest: Manifest { get }
}
