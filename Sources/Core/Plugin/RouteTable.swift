/// The HTTP paths that the running plugins answer.
public final class RouteTable: Sendable {
    private let routes = Guarded<[String: [RouteDeclaration]]>([:])

    init() {}

    /// Sets the routes of a plugin, in place of those that it had.
    func set(_ declared: [RouteDeclaration], of plugin: String) {
        routes.withLock { $0[plugin] = declared.isEmpty ? nil : declared }
    }

    /// The route of exactly that path; nil when no running plugin answers it.
    public func route(_ path: String) -> RouteDeclaration? {
        routes.withLock { routes in
            routes.values.lazy.flatMap(\.self).first { $0.path == path }
        }
    }

    /// The routes of a plugin.
    public func routes(of plugin: String) -> [RouteDeclaration] {
        routes.withLock { $0[plugin] ?? [] }
    }
}
