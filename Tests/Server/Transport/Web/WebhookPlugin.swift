import OpsCore
import OpsJSONRPC

/// A plugin that answers HTTP paths.
actor WebhookPlugin: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "webhook", version: "1", summary: "Answers what it was sent.",
        methods: [
            MethodDeclaration(Receive.self),
            MethodDeclaration(Release.self),
        ],
        routes: [
            RouteDeclaration(path: "/open", method: Receive.name, isPublic: true),
            RouteDeclaration(path: "/closed", method: Receive.name),
            RouteDeclaration(path: "/slow", method: Receive.name, isPublic: true),
        ])

    private let context: PluginContext
    /// Whoever waits, and those who have given up.
    private let gate = AsyncStream.makeStream(of: Void.self)
    private let waits = Guarded((begun: 0, givenUp: 0))

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        let (gate, waits) = (gate, waits)
        context.methods.handle(Receive.self) { call, params in
            guard params.path == "/slow" else { return try Self.answer(params, call.principal) }
            waits.withLock { $0.begun += 1 }
            for await _ in gate.stream { break }
            if Task.isCancelled { waits.withLock { $0.givenUp += 1 } }
            return Receive.Result(status: 200, headers: [:], body: "at last")
        }
        context.methods.answer(Release.self) { _, params in
            if params.one { gate.continuation.yield() }
            return waits.withLock { Release.Result(begun: $0.begun, givenUp: $0.givenUp) }
        }
    }

    func start() {}

    func stop() {}

    private static func answer(_ params: Receive, _ principal: Principal) throws -> Receive.Result {
        if params.body == "fail" { throw RPCError.conflict("not now") }
        if params.body == "nothing" {
            return Receive.Result(status: 204, headers: [:], body: "all the same")
        }
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

struct Release: Method {
    static let name = "webhook.release"
    static let summary = "Lets one that waits go, and counts them."
    static let effect = Effect.read
    @Param("Whether to let one go.") var one: Bool = false
    struct Result: Codable, Sendable {
        var begun: Int
        var givenUp: Int
    }
}
