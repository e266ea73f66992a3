import OpsCore
import OpsJSONRPC

/// A plugin whose methods do what a test of the server needs.
actor PuppetPlugin: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "puppet", version: "1", summary: "Moves as the test wants.",
        methods: [
            MethodDeclaration(Echo.self), MethodDeclaration(Hold.self),
            MethodDeclaration(AwaitHeld.self), MethodDeclaration(Release.self),
            MethodDeclaration(Fill.self), MethodDeclaration(Announce.self),
            MethodDeclaration(Fail.self),
        ])

    private let context: PluginContext
    private var held: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        let methods = context.methods
        methods.answer(Echo.self) { _, params in Echo.Result(text: params.text) }
        methods.handle(Hold.self) { [unowned self] _, _ in await hold() }
        methods.handle(AwaitHeld.self) { [unowned self] _, params in
            await waitForHeld(params.count)
        }
        methods.handle(Release.self) { [unowned self] _, _ in await release() }
        methods.answer(Fill.self) { _, params in
            Fill.Result(text: String(repeating: "x", count: params.bytes))
        }
        methods.handle(Announce.self) { [unowned self] call, params in
            try await announce(params, as: call.principal)
        }
        methods.answer(Fail.self) { _, _ in throw Puzzle() }
    }

    func start() {}

    func stop() { _ = release() }

    private func hold() async -> Done {
        await withCheckedContinuation { continuation in
            held.append(continuation)
            for watcher in watchers where watcher.count <= held.count {
                watcher.continuation.resume()
            }
            watchers.removeAll { $0.count <= held.count }
        }
        return Done()
    }

    private func waitForHeld(_ count: Int) async -> AwaitHeld.Result {
        if held.count < count {
            await withCheckedContinuation { watchers.append((count, $0)) }
        }
        return AwaitHeld.Result(held: held.count)
    }

    private func release() -> Done {
        for continuation in held { continuation.resume() }
        held = []
        return Done()
    }

    private func announce(_ params: Announce, as author: Principal) async throws -> Done {
        let text = JSON.string(String(repeating: "y", count: params.bytes))
        try await context.store.write(as: author, reason: "announce") { transaction in
            for number in 1...params.count {
                try transaction.announce(
                    "puppet.moved", nil, ["number": .number(JSON.Number(number)), "text": text])
            }
        }
        return Done()
    }

    /// An error that no caller may see.
    private struct Puzzle: Error {}
}

struct Echo: Method {
    static let name = "puppet.echo"
    static let summary = "Answers what it was told."
    static let effect = Effect.read
    @Param("What to answer.", .positional, .length(0...100_000_000)) var text: String
    struct Result: Codable, Sendable { var text: String }
}

struct Hold: Method {
    static let name = "puppet.hold"
    static let summary = "Answers when it is released."
    static let effect = Effect.read
    typealias Result = Done
}

struct AwaitHeld: Method {
    static let name = "puppet.await_held"
    static let summary = "Answers when so many calls are held."
    static let effect = Effect.read
    @Param("How many.") var count: Int
    struct Result: Codable, Sendable { var held: Int }
}

struct Release: Method {
    static let name = "puppet.release"
    static let summary = "Lets all held calls be answered."
    static let effect = Effect.read
    typealias Result = Done
}

struct Fill: Method {
    static let name = "puppet.fill"
    static let summary = "Answers a text of some length."
    static let effect = Effect.read
    @Param("How long.") var bytes: Int
    struct Result: Codable, Sendable { var text: String }
}

struct Announce: Method {
    static let name = "puppet.announce"
    static let summary = "Announces events of some size in one transaction."
    static let effect = Effect.write
    @Param("How many.") var count: Int = 1
    @Param("How large each is.") var bytes: Int = 1
    typealias Result = Done
}

struct Fail: Method {
    static let name = "puppet.fail"
    static let summary = "Fails in a way that is its own fault."
    static let effect = Effect.read
    typealias Result = Done
}
