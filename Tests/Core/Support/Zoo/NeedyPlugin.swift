import Logging
import OpsCore

/// Needs the tame plugin.
actor NeedyPlugin: Plugin {
    static let manifest = Zoo.manifest("needy", requires: ["tame"])
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
