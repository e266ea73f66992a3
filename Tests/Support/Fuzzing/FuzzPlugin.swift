internal import OpsCore
internal import OpsJSONRPC

/// Methods of every make for the fuzzer to call: answered at once, later, on demand, never well.
actor FuzzPlugin: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "fuzz", version: "1", summary: "Lets itself be called.",
        methods: [
            MethodDeclaration(Echo.self), MethodDeclaration(Hold.self),
            MethodDeclaration(Release.self), MethodDeclaration(Fail.self), later,
        ])

    private static let later: MethodDeclaration = {
        do throws(RPCError) {
            return try MethodDeclaration(manifest: [
                "name": "fuzz.later", "effect": "read",
                "params": [
                    "type": "object",
                    "properties": [
                        "level": ["enum": ["low", "high"]],
                        "size": [
                            "type": "array", "items": ["type": "integer", "maximum": 99],
                            "uniqueItems": true,
                        ],
                    ],
                ],
            ])
        } catch {
            preconditionFailure("fuzz.later: \(error)")
        }
    }()

    private let context: PluginContext
    private var held: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: Settings) {
        self.context = context
        let methods = context.methods
        methods.answer(Echo.self) { _, params in
            Echo.Result(text: params.text, count: params.count + 1, items: params.items)
        }
        methods.forward("fuzz.later") { _, params in
            await Task.yield()
            return .object(params)
        }
        methods.handle(Hold.self) { [unowned self] call, _ in await hold(call) }
        methods.handle(Release.self) { [unowned self] _, _ in await release() }
        methods.answer(Fail.self) { _, _ in throw Puzzle() }
    }

    func start() {}

    func stop() { _ = release() }

    private func hold(_ call: Call) async -> Done {
        call.progress(1, total: 2)
        await withCheckedContinuation { held.append($0) }
        call.progress(2, total: 2)
        return Done()
    }

    private func release() -> Done {
        for continuation in held { continuation.resume() }
        held = []
        return Done()
    }

    /// An error that no caller may see.
    private struct Puzzle: Error {}
}

private struct Echo: Method {
    static let name = "fuzz.echo"
    static let summary = "Answers what it was told."
    static let effect = Effect.read
    @Param("What to answer.", .positional, .length(0...1000)) var text: String
    @Param("How often.", .positional, .range(0...1000)) var count: Int = 1
    @Param("How much.") var ratio: Double?
    @Param("What else.") var items: [String] = []
    struct Result: Codable, Sendable {
        var text: String
        var count: Int
        var items: [String]
    }
}

private struct Hold: Method {
    static let name = "fuzz.hold"
    static let summary = "Answers when it is released."
    static let effect = Effect.read
    typealias Result = Done
}

private struct Release: Method {
    static let name = "fuzz.release"
    static let summary = "Lets all held calls be answered."
    static let effect = Effect.read
    typealias Result = Done
}

private struct Fail: Method {
    static let name = "fuzz.fail"
    static let summary = "Fails in a way that is its own fault."
    static let effect = Effect.read
    typealias Result = Done
}
