import OpsCore
import OpsJSONRPC

/// A plugin that answers HTTP paths.
actor WebhookPlugin: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "webhook", version: "1", summary: "Answers what it was sent.",
        methods: [MethodDeclaration(Receive.self)],
        routes: [
            RouteDeclaration(path: "/open", method: Receive.name, isPublic: true),
            RouteDeclaration(path: "/closed", method: Receive.name),
        ])

    private let context: PluginContext

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        context.methods.answer(Receive.self) { call, params in
            try Self.answer(params, call.principal)
        }
    }

    func start() {}

    func stop() {}

    private static func answer(_ params: Receive, _ principal: Principal) throws -> Receive.Result {
        if params.body == "fail" { throw RPCError.conflict("not now") }
        let shown: JSON = [
            "principal": .string(principal.name), "method": .string(params.httpMethod),
            "query": params.query, "headers": params.headers,
            "body": .string(params.body ?? params.bodyHex ?? ""),
        ]
        return Receive.Result(
            status: 202,
            headers: [
                "Content-Type": "application/json", "X-Made-By": "webhook", "Connection": "close",
                "X-Bad": "a\r\nX-Worse: b",
            ], body: shown.text)
    }
}

struct Receive: Method {
    static let name = "webhook.receive"
    static let summary = "Answers an HTTP request."
    static let effect = Effect.write
    @Param("The method of HTTP.") var httpMethod: String
    @Param("The path.") var path: String
    @Param("The query.") var query: JSON
    @Param("The headers.") var headers: JSON
    @Param("The body.") var body: String?
    @Param("The body when it is no text.") var bodyHex: String?

    struct Result: Codable, Sendable {
        var status: Int
        var headers: [String: String]
        var body: String
    }
}
