import OpsCore
import OpsJSONRPC

/// Writes a note down.
struct WriteNote: Method {
    static let name = "note.write"
    static let summary = "Writes a note down."
    static let effect = Effect.write
    typealias Result = Note

    @Param("What it says.", .length(1...1000)) var text: String
}

/// A note.
struct Note: Codable, Sendable {
    var ref: Ref
    var text: String
}

/// A plugin of the program's own: an actor on OpsLoop's loop.
actor Notebook: Plugin {
    struct Settings: Declared {}

    static let manifest = Manifest(
        name: "notebook", version: "1.0.0", summary: "Keeps notes.",
        methods: [MethodDeclaration(WriteNote.self)],
        events: [EventDeclaration("note.written", "A note was written.")],
        migrations: [
            Migration(
                "1-notes", "CREATE TABLE notebook_note (ref TEXT PRIMARY KEY, text TEXT NOT NULL)")
        ])

    private let loop: EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ context: PluginContext, settings: Settings) {
        loop = context.loop
        context.methods.handle(WriteNote.self) { [store = context.store] call, params in
            try await call.write(to: store) { transaction in
                let note = Note(ref: Ref("note", try transaction.nextID("note")), text: params.text)
                try transaction.execute(
                    "INSERT INTO notebook_note (ref, text) VALUES (?, ?)", note.ref, note.text)
                try transaction.audit(
                    "note.write", note.ref, before: nil, after: ["text": .string(note.text)])
                try transaction.announce("note.written", note.ref, [:])
                return note
            }
        }
    }

    func start() {}

    func stop() {}
}
