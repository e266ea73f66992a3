/// What the operator allows a plugin to do, in `plugins.json`; what is not named is not allowed.
public struct PluginGrants: Declared, Equatable, Codable {
    /// The methods that it may call.
    @Param("The methods that the plugin may call, such as ticket.get or ticket.*.")
    public var call: [Scope] = []
    /// The topics that it may listen to.
    @Param("The topics that the plugin may listen to.") public var subscribe: [Scope] = []
    /// The topics that it may announce.
    @Param("The topics that the plugin may announce; they begin with its name.")
    public var emit: [Scope] = []
    /// Where it may hook in.
    @Param("The hooks that the plugin may take part in, such as ticket.before_create.")
    public var hooks: [Scope] = []
    /// Whether it may keep values in the store.
    @Param("Whether the plugin may keep values in the store.") public var store: Bool = false
    /// The HTTP paths that it may answer.
    @Param("The HTTP paths that the plugin may answer, such as /hooks/slack or /hooks/*.")
    public var routes: [String] = []
    /// The HTTP paths among them that it may answer without a token.
    @Param("The HTTP paths that the plugin may answer to callers without a token.")
    public var publicRoutes: [String] = []

    /// Allows nothing.
    public init() {}

    /// Whether both allow the same.
    public static func == (left: PluginGrants, right: PluginGrants) -> Bool {
        left.call == right.call && left.subscribe == right.subscribe && left.emit == right.emit
            && left.hooks == right.hooks && left.store == right.store
            && left.routes == right.routes && left.publicRoutes == right.publicRoutes
    }

    /// Writes the members.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(call, forKey: .call)
        try container.encode(subscribe, forKey: .subscribe)
        try container.encode(emit, forKey: .emit)
        try container.encode(hooks, forKey: .hooks)
        try container.encode(store, forKey: .store)
        try container.encode(routes, forKey: .routes)
        try container.encode(publicRoutes, forKey: .publicRoutes)
    }

    private enum CodingKeys: String, CodingKey {
        case call, subscribe, emit, hooks, store, routes, publicRoutes = "public_routes"
    }

    /// What is missing for a route; nil when it is granted.
    func missing(for route: RouteDeclaration) -> String? {
        if !Self.covers(routes, route.path) { return "grants.routes \(route.path)" }
        if route.isPublic, !Self.covers(publicRoutes, route.path) {
            return "grants.public_routes \(route.path)"
        }
        return nil
    }

    private static func covers(_ granted: [String], _ path: String) -> Bool {
        granted.contains { $0.hasSuffix("*") ? path.hasPrefix($0.dropLast()) : path == $0 }
    }
}
