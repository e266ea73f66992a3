import Logging
import OpsCore

/// Fails to take new settings, once.
actor RefusesReloadPlugin: Plugin, Reloads {
    static let manifest = Zoo.manifest("refuses_reload")
    private let context: PluginContext

    init(_ context: PluginContext, settings: PlainPlugin.Settings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("started")
    }

    func stop() async {
        context.logger.info("stopped")
    }

    func reload(_ settings: PlainPlugin.Settings) throws {
        context.logger.info("asked to reload")
        if settings.colour == "red" { throw Refusal() }
    }
}
