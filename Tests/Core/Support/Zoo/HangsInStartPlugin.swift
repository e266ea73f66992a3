import Logging
import OpsCore

/// Never finishes to start.
actor HangsInStartPlugin: Plugin {
    static let manifest = Zoo.manifest("hangs_in_start")
    private let context: PluginContext

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("starting for ever")
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }

    func stop() async {
        context.logger.info("stopped")
    }
}
