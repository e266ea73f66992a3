import Logging
import OpsCore

/// Starts halfway: sets up recurring work, then fails.
actor ThrowsInStartPlugin: Plugin {
    static let manifest = Zoo.manifest("throws_in_start")
    private let context: PluginContext

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("started")
        try await context.schedule.every(.seconds(10), name: "haunt") {
            [logger = context.logger] in logger.info("haunted")
        }
        throw Refusal()
    }

    func stop() async {
        context.logger.info("stopped")
    }
}
