import Logging
import OpsJSONRPC

@testable import OpsCore

/// Does everything as it should: a method, a table, an event, recurring work, settings.
actor TamePlugin: Plugin, Reloads {
    struct Settings: Declared {
        @Param("How to greet.", .length(1...20)) var greeting: String = "hello"
        @Param("How often to greet.", .range(1...3)) var times: Int = 1
        @Param("A password.", .secret, .present(.length(8...20))) var password: String?
    }

    static let manifest = Manifest(
        name: "tame", version: "1.2", summary: "Greets.",
        methods: [MethodDeclaration(Zoo.Greet.self)],
        events: [EventDeclaration("tame.started", "The plugin started.")],
        migrations: [Migration("1-tame", "CREATE TABLE tame (started INTEGER NOT NULL)")])

    private let context: PluginContext
    private var settings: Settings

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    static func validate(_ settings: Settings) throws(RPCError) {
        if settings.greeting == "forbidden" { throw .badField("greeting", "is forbidden") }
    }

    init(_ context: PluginContext, settings: Settings) throws {
        self.context = context
        self.settings = settings
        context.methods.handle(Zoo.Greet.self) { [weak self] _, params in
            guard let self else { throw Refusal() }
            return await self.greet(params.who)
        }
    }

    private func greet(_ who: String) -> Zoo.Greet.Result {
        let words = Array(repeating: settings.greeting, count: settings.times)
        return Zoo.Greet.Result(greeting: (words + [who]).joined(separator: " "))
    }

    func start() async throws {
        let ping = try await context.call("system.ping")
        context.logger.info("started \(ping.text)")
        try await context.store.write(as: context.principal, reason: "start") { transaction in
            try transaction.execute("INSERT INTO tame (started) VALUES (?)", transaction.now)
            try transaction.announce("tame.started", Ref("tame", 1), ["by": "zoo"])
            try transaction.link(Ref("tame", 1), "lives_with", Ref("plain", 1))
            try transaction.index(
                SearchDocument(ref: Ref("tame", 1), title: "Tame animal", body: "eats hay"))
        }
        try await context.schedule.every(.seconds(10), name: "feed") { [logger = context.logger] in
            logger.info("fed")
        }
    }

    func stop() { context.logger.info("stopped") }

    func reload(_ settings: Settings) {
        self.settings = settings
        context.logger.info("reloaded")
    }
}
