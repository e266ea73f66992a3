import Logging
import OpsCore

/// Can't be made.
actor ThrowsInInitPlugin: Plugin {
    static let manifest = Zoo.manifest("throws_in_init")
    private let context: PluginContext

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        self.context = context
        throw Refusal()
    }

    func start() async throws {
        context.logger.info("started")
    }

    func stop() async {
        context.logger.info("stopped")
    }
}
