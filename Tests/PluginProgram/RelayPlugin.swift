import Dispatch
import OpsCore
import OpsJSONRPC

/// A plugin that uses everything that crosses to the host.
actor RelayPlugin: Plugin {
    static let manifest = Manifest(
        name: "relay", version: "1.0.0", summary: "Crosses to the host.",
        methods: [
            MethodDeclaration(Announce.self), MethodDeclaration(Ask.self),
            MethodDeclaration(Heard.self), MethodDeclaration(Hold.self),
        ],
        events: [EventDeclaration("relay.announced", "Something was announced.")],
        calls: ["check.list"], subscribes: ["check.*", "relay.*"],
        hooks: [HookDeclaration("check.before_create")])

    struct Settings: Declared {}

    private let context: PluginContext
    private var heard: [String] = []
    private var subscription: Subscription?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: Settings) {
        self.context = context
        context.methods.handle(Announce.self) { call, params in
            try await call.write(to: context.store) {
                try $0.announce("relay.announced", nil, ["text": .string(params.text)])
                return Done()
            }
        }
        context.methods.handle(Ask.self) { _, _ in
            Answer(text: try await context.call("check.list", ["limit": 1]).text)
        }
        context.methods.handle(Heard.self) { [unowned self] _, _ in
            Answer(text: await heard.joined(separator: ","))
        }
        context.methods.handle(Hold.self) { _, _ in
            Hold.holdLoop()
            return Done()
        }
        context.hooks.handle("check.before_create") { payload, _ in
            guard let name = payload["name"]?.string else { return .continue }
            if name == "bad" { return .reject(.conflict("No such name.")) }
            var changed = payload
            changed["name"] = .string(name + "!")
            return .replace(changed)
        }
    }

    func start() async throws {
        let topics = Self.manifest.subscribes.compactMap { TopicPattern($0) }
        subscription = context.events.subscribe(topics: topics) { [unowned self] event in
            assumeIsolated { $0.heard.append(event.topic) }
        }
    }

    func stop() async { subscription?.cancel() }
}

struct Announce: Method {
    static let name = "relay.announce"
    static let summary = "Announces something."
    static let effect = Effect.write
    typealias Result = Done

    @Param("What.") var text: String
}

struct Ask: Method {
    static let name = "relay.ask"
    static let summary = "Asks the host for its checks."
    static let effect = Effect.read
    typealias Result = Answer
}

struct Heard: Method {
    static let name = "relay.heard"
    static let summary = "Says what it has heard."
    static let effect = Effect.read
    typealias Result = Answer
}

/// Spins, as far as its loop is concerned, until the test lets it go on.
struct Hold: Method {
    static let name = "relay.hold"
    static let summary = "Keeps the loop from everybody else."
    static let effect = Effect.read
    typealias Result = Done

    private static let begun = DispatchSemaphore(value: 0)
    private static let over = DispatchSemaphore(value: 0)

    static func holdLoop() {
        begun.signal()
        over.wait()
    }

    static func untilHeld() { begun.wait() }

    static func release() { over.signal() }
}

struct Answer: Codable, Sendable {
    var text: String
}
