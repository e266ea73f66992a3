import Logging
import OpsCore

/// Starts and stops, and takes no new settings while it runs.
actor PlainPlugin: Plugin {
    struct Settings: Declared {
        @Param("The colour.") var colour: String = "grey"
    }

    static let manifest = Zoo.manifest("plain")
    private let context: PluginContext

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("started")
    }

    func stop() async {
        context.logger.info("stopped")
    }
}
