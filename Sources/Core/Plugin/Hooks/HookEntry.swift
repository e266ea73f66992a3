internal import OpsJSONRPC

/// One plugin at one hook.
struct HookEntry: Sendable {
    typealias Ask = @Sendable (JSON.Object, Call) async throws -> HookResult

    let plugin: String
    let declaration: HookDeclaration
    let settings: HookSettings
    let timeout: Duration
    let ask: Ask

    var name: String { declaration.name }
}
