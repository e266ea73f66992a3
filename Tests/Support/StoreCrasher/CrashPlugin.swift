import OpsCore
import OpsJSONRPC
import Synchronization

/// A plugin with one method that writes, and that may never answer.
actor CrashPlugin: Plugin {
    struct Settings: Declared {}

    struct Add: Method {
        static let name = "crash.add"
        static let summary = "Writes a row and answers its number."
        static let effect = Effect.write
        @Param("What to write.") var title: String
        struct Result: Codable, Sendable { var number: Int }
    }

    static let manifest = Manifest(
        name: "crash", version: "1", summary: "Is there to be killed.",
        methods: [MethodDeclaration(Add.self)],
        events: [EventDeclaration("crash.added", "A row was written.")],
        migrations: [
            Migration(
                "create_row",
                "CREATE TABLE crash_call (number BIGINT PRIMARY KEY, title TEXT NOT NULL)")
        ])

    private static let hanging = Atomic<Bool>(false)

    /// Whether the method says that it has committed, and then nothing more.
    static var isHanging: Bool {
        get { hanging.load(ordering: .relaxed) }
        set { hanging.store(newValue, ordering: .relaxed) }
    }

    init(_ context: PluginContext, settings: Settings) throws {
        let store = context.store
        context.methods.handle(Add.self) { call, params in
            let result = try await call.write(to: store) { tx in
                let number = try tx.nextID("crash")
                try tx.execute(
                    "INSERT INTO crash_call (number, title) VALUES (?, ?)", number, params.title)
                try tx.announce("crash.added", Ref("crash", number), .null)
                return Add.Result(number: number)
            }
            if Self.isHanging {
                StoreCrasher.say("committed")
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            }
            return result
        }
    }

    func start() {}

    func stop() {}
}
