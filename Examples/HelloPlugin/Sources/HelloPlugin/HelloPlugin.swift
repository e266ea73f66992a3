import OpsCore

/// Greets people and remembers whom it has greeted.
///
/// It shows what most plugins need: settings, a method that writes and one that reads, a table, an
/// event.
actor HelloPlugin: Plugin {
    static let manifest = Manifest(
        name: "hello", version: "1.0.0", summary: "Greets people and remembers them.",
        methods: [MethodDeclaration(Greet.self), MethodDeclaration(ListGreetings.self)],
        events: [EventDeclaration("hello.greeted", "Somebody was greeted; carries the name.")],
        migrations: [
            Migration(
                "create_greeting",
                """
                CREATE TABLE hello_greeting (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL, greeted_at INTEGER NOT NULL)
                """)
        ])

    private let context: PluginContext
    private var settings: HelloSettings

    /// The plugin runs on OpsLoop's loop; its methods need no locks.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, settings: HelloSettings) {
        self.context = context
        self.settings = settings
        context.methods.handle(Greet.self) { [unowned self] call, params in
            try await greet(params.name, for: call)
        }
        context.methods.handle(ListGreetings.self) { [unowned self] _, params in
            try await list(params.limit)
        }
    }

    func start() async throws {
        context.logger.info("hello", metadata: ["greeting": "\(settings.greeting)"])
    }

    func stop() async {}

    /// The row and the event are committed together; on a dry run neither stays.
    private func greet(_ name: String, for call: Call) async throws -> Greeting {
        let text = "\(settings.greeting) \(name)."
        return try await call.write(to: context.store) { tx in
            let id = try tx.nextID("hello")
            try tx.execute(
                "INSERT INTO hello_greeting (id, name, greeted_at) VALUES (?, ?, ?)",
                id, name, tx.now)
            let greeting = Greeting(name: name, text: text)
            try tx.announce("hello.greeted", Ref("hello", id), ["name": .string(name)])
            return greeting
        }
    }

    private func list(_ limit: Int) async throws -> Page<Greeting> {
        let greeting = settings.greeting
        let items = try await context.store.read { tx in
            try tx.rows("SELECT name FROM hello_greeting ORDER BY id DESC LIMIT ?", limit).map {
                Greeting(name: try $0.text("name"), text: "\(greeting) \(try $0.text("name")).")
            }
        }
        return Page(items: items)
    }
}

extension HelloPlugin: Reloads {
    func reload(_ settings: HelloSettings) { self.settings = settings }
}
