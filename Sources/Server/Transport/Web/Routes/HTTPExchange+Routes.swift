internal import CWebSockets
internal import OpsCore
internal import OpsJSONRPC

extension HTTPExchange {
    /// Where the paths of plugins begin: `/plugins/NAME/PATH`.
    static let routePrefix = "/plugins/"

    /// What anybody may make us keep in memory without a token.
    private static let publicBodyBytes = 1 << 20

    /// Turns a request into a call of the plugin that has the path.
    func beginRoute(_ path: String, _ request: RequestHead) throws(HTTPRefusal) -> CInt {
        guard let route = find(path) else { throw .notFound(path) }
        guard let method = request.method else { throw .method(allowed: "GET, POST") }
        let admission = route.isPublic ? nil : try admit(request)
        let call = RouteRequest(
            request, path: route.path, method: method, isPublic: route.isPublic)
        let principal = admission?.principal ?? Principal("address:\(connection.peer)")
        let answer = { [self] (body: [UInt8]) in
            self.answer { platform in
                do throws(RPCError) {
                    return RouteAnswer.answer(
                        try await platform.dispatcher.call(
                            route.method, call.params(body: body), as: principal,
                            access: admission?.access))
                } catch {
                    return RouteAnswer.answer(error)
                }
            }
        }
        guard request.mayHaveBody else { return answer([]) }
        onBody = answer
        let limit = connection.server.limits.messageBytes
        return try awaitBody(
            request, atMost: route.isPublic ? min(limit, Self.publicBodyBytes) : limit)
    }

    private func find(_ path: String) -> RouteDeclaration? {
        let rest = path.dropFirst(Self.routePrefix.count)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let plugin = String(rest[..<slash])
        let wanted = rest[slash...]
        let routes = connection.server.platform.plugins.routes.routes(of: plugin)
        return routes.first { $0.path == wanted || "/" + $0.path == wanted }
    }
}
