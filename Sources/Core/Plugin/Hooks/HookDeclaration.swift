public import OpsJSONRPC

/// A point before a method at which a plugin wants to be asked.
public struct HookDeclaration: Sendable {
    /// The hook's name: `ticket.before_create` stands before `ticket.create`.
    public let name: String
    /// The plugins that are to be asked after this one.
    public let before: [String]
    /// The plugins that are to be asked before this one.
    public let after: [String]
    /// The members that the payload must have for the plugin to be asked.
    public let filter: JSON.Object

    /// Declares a hook.
    public init(
        _ name: String, before: [String] = [], after: [String] = [],
        filter: JSON.Object = JSON.Object()
    ) {
        self.name = name
        self.before = before
        self.after = after
        self.filter = filter
    }

    func wants(_ payload: JSON.Object) -> Bool {
        filter.allSatisfy { payload[$0.key] == $0.value }
    }
}
