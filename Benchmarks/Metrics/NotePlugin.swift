import OpsCore
import OpsJSONRPC

/// A plugin whose record is as small as a record gets: what a write costs is the core's own.
///
/// A note makes three rows: its own, the audit log's, and the event's.
actor NotePlugin: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "note", version: "1", summary: "Keeps notes.",
        methods: [MethodDeclaration(CreateNote.self)],
        events: [EventDeclaration("note.created", "A note was kept.")],
        migrations: [
            Migration(
                "note", "CREATE TABLE note (id BIGINT PRIMARY KEY, at BIGINT NOT NULL, text TEXT)")
        ])

    init(_ context: PluginContext, settings: Settings) throws {
        let store = context.store
        context.methods.handle(CreateNote.self) { call, params in
            try await call.write(to: store) { transaction in
                let id = try transaction.nextID("note")
                let ref = Ref("note", id)
                try transaction.execute(
                    "INSERT INTO note (id, at, text) VALUES (?, ?, ?)", id, transaction.now,
                    params.text)
                let data: JSON = ["text": .string(params.text)]
                try transaction.audit("note.create", ref, before: nil, after: data)
                try transaction.announce("note.created", ref, data)
                return CreateNote.Result(ref: ref)
            }
        }
    }

    func start() {}

    func stop() {}
}

struct CreateNote: Method {
    static let name = "note.create"
    static let summary = "Keeps a note."
    static let effect = Effect.write
    @Param("The note.", .positional, .length(1...1000)) var text: String
    struct Result: Codable, Sendable { var ref: Ref }
}
