import OpsCore
import OpsJSONRPC

/// Hooks in before another plugin's method.
actor HookedPlugin: Plugin {
    static let manifest = Manifest(
        name: "hooked", version: "1.0", summary: "An animal of the zoo.",
        hooks: [HookDeclaration("cat.before_write")])

    init(_ context: PluginContext, settings: Zoo.NoSettings) throws {
        context.hooks.handle("cat.before_write") { payload, _ in
            guard payload["who"] != "nobody" else {
                return .reject(.conflict("Nobody may not."))
            }
            var payload = payload
            payload["seen"] = true
            return .replace(payload)
        }
    }

    func start() async throws {}

    func stop() async {}
}
