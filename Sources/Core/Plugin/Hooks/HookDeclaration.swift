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

    /// Whether the plugin is to be asked about a call with these parameters, which nobody has
    /// checked yet.
    ///
    /// They are read as the method will read them. Otherwise a caller could get past the filter by
    /// leaving out what is the default, or by writing a number in another way.
    func wants(_ payload: JSON.Object, of method: MethodDeclaration) -> Bool {
        filter.allSatisfy { member in
            let given = payload[member.key] ?? .null
            if given.hasSameValue(as: member.value) { return true }
            guard given.isNull else { return false }
            return method.defaultValue(of: member.key, in: payload)?.hasSameValue(as: member.value)
                ?? false
        }
    }
}
