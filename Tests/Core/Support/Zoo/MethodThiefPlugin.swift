import Logging
import OpsCore

/// Declares the method of another.
actor MethodThiefPlugin: Plugin {
    static let manifest = Zoo.manifest("method_thief", methods: [MethodDeclaration(Zoo.Greet.self)])
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
