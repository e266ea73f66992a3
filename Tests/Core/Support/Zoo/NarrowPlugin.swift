import Logging
import OpsCore

/// Needs a plugin that nobody has enabled.
actor NarrowPlugin: Plugin {
    static let manifest = Zoo.manifest("narrow", requires: ["plain"])
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
