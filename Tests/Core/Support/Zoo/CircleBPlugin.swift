import Logging
import OpsCore

/// Needs the one that needs it.
actor CircleBPlugin: Plugin {
    static let manifest = Zoo.manifest("circle_b", requires: ["circle_a"])
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
