import Logging
import OpsCore

/// Calls itself by the core's name.
actor ImpostorPlugin: Plugin {
    static let manifest = Zoo.manifest("core")
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
