import Logging
import OpsCore

/// Never finishes to stop.
actor HangsInStopPlugin: Plugin {
    static let manifest = Zoo.manifest("hangs_in_stop")
    private let context: PluginContext

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        self.context = context
    }

    func start() async throws {
        context.logger.info("started")
    }

    func stop() async {
        context.logger.info("stopping for ever")
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
}
