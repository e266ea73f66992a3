import Logging
import OpsCore

/// Declares a method and answers it with nothing.
actor SilentPlugin: Plugin {
    static let manifest = Zoo.manifest("silent", methods: [MethodDeclaration(Zoo.Mumble.self)])
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
