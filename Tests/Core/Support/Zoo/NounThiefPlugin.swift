import Logging
import OpsCore

/// Declares a method of another's noun.
actor NounThiefPlugin: Plugin {
    static let manifest = Zoo.manifest("noun_thief", methods: [MethodDeclaration(Zoo.Steal.self)])
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
