package import OpsCore
internal import OpsJSONRPC

/// A plugin whose methods do what a test of the server, or the fuzzer, needs: they answer at once,
/// later, on demand and never well.
package actor PuppetPlugin: Plugin {
    package struct Settings: Declared {
        package init() {}
    }

    package static let manifest = Manifest(
        name: "puppet", version: "1", summary: "Moves as the test wants.",
        methods: [
            MethodDeclaration(Echo.self), MethodDeclaration(Hold.self),
            MethodDeclaration(AwaitHeld.self), MethodDeclaration(Release.self),
            MethodDeclaration(Fill.self), MethodDeclaration(Announce.self),
            MethodDeclaration(Fail.self), later,
        ])

    /// A method that is declared by text, as those of programs are.
    private static let later: MethodDeclaration = {
        do throws(RPCError) {
            return try MethodDeclaration(manifest: [
                "name": "puppet.later", "effect": "read",
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
            preconditionFailure("puppet.later: \(error)")
        }
    }()

    private let context: PluginContext
    private var held: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    package init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        let methods = context.methods
        methods.answer(Echo.self) { _, params in Echo.Result(text: params.text) }
        methods.forward("puppet.later") { _, params in
            await Task.yield()
            return .object(params)
        }
        methods.handle(Hold.self) { [unowned self] call, _ in await hold(call) }
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

    package func start() {}

    package func stop() { _ = release() }

    private func hold(_ call: Call) async -> Done {
        call.progress(1, total: 2)
        await withCheckedContinuation { continuation in
            held.append(continuation)
            for watcher in watchers where watcher.count <= held.count {
                watcher.continuation.resume()
            }
            watchers.removeAll { $0.count <= held.count }
        }
        call.progress(2, total: 2)
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
