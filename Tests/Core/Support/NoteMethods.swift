import OpsJSONRPC

@testable import OpsCore

/// Methods that write notes, each in another way.
enum NoteMethods {
    static let owner = "notes"

    static var declarations: [MethodDeclaration] {
        [
            MethodDeclaration(Add.self), MethodDeclaration(AddLoosely.self),
            MethodDeclaration(AddPast.self), MethodDeclaration(AddSecretly.self),
            MethodDeclaration(AddThrough.self),
            MethodDeclaration(Hold.self), MethodDeclaration(HoldWrite.self),
            MethodDeclaration(Walk.self), MethodDeclaration(Old.self),
            MethodDeclaration(Count.self), MethodDeclaration(Tick.self),
        ]
    }

    struct Note: Codable, Sendable, Equatable {
        var id: Int
        var title: String
    }

    struct Add: Method {
        static let name = "note.add"
        static let summary = "Writes a note as every method should."
        static let effect = Effect.write
        @Param("The title.") var title: String
        @Param("Whether to fail after writing.") var failing: Bool = false
        typealias Result = Note
    }

    struct AddLoosely: Method {
        static let name = "note.add_loosely"
        static let summary = "Answers something else than it has written."
        static let effect = Effect.write
        @Param("The title.") var title: String
        typealias Result = Note
    }

    struct AddSecretly: Method {
        static let name = "note.add_secretly"
        static let summary = "Answers a secret once."
        static let effect = Effect.write
        static let hasSecretResult = true
        @Param("The title.") var title: String
        typealias Result = Note
    }

    struct AddPast: Method {
        static let name = "note.add_past"
        static let summary = "Writes past the call."
        static let effect = Effect.write
        @Param("The title.") var title: String
        typealias Result = Note
    }

    struct AddThrough: Method {
        static let name = "note.add_through"
        static let summary = "Lets another method write."
        static let effect = Effect.write
        @Param("The title.") var title: String
        typealias Result = JSON.Object
    }

    struct Hold: Method {
        static let name = "note.hold"
        static let summary = "Answers when the gate of that name opens, deaf to everything else."
        static let effect = Effect.read
        @Param("The gate.") var gate: String
        typealias Result = Note
    }

    struct HoldWrite: Method {
        static let name = "note.hold_write"
        static let summary = "Writes, then waits for the gate."
        static let effect = Effect.write
        @Param("The gate, and the title.") var gate: String
        typealias Result = Note
    }

    struct Walk: Method {
        static let name = "note.walk"
        static let summary = "Reports its steps."
        static let effect = Effect.read
        @Param("The steps.") var steps: [Double]
        @Param("The gate to wait for before the last.") var gate: String?
        typealias Result = Done
    }

    struct Old: Method {
        static let name = "note.old"
        static let summary = "Is on its way out."
        static let effect = Effect.read
        static let deprecated: Deprecation? = Deprecation(
            since: "0.1.0", removal: "0.3.0", use: "note.count")
        typealias Result = Done
    }

    struct Count: Method {
        static let name = "note.count"
        static let summary = "Says who asks, at once."
        static let effect = Effect.read
        @Param("Anything.") var text: String = ""
        struct Result: Codable, Sendable {
            var principal: String
            var hasSession: Bool
            var text: String
        }
    }

    struct Tick: Method {
        static let name = "note.tick"
        static let summary = "Counts up in memory, at once."
        static let effect = Effect.write
        struct Result: Codable, Sendable { var ticks: Int }
    }

    static func bind(_ methods: MethodRegistrar, _ desk: CallDesk) {
        bindWrites(methods, desk)
        methods.handle(Hold.self) { [unowned desk] _, params in
            desk.entered.add(Hold.name)
            await desk.gate(params.gate).value
            return Note(id: 0, title: params.gate)
        }
        methods.handle(Walk.self) { [unowned desk] call, params in
            for (index, step) in params.steps.enumerated() {
                if index == params.steps.count - 1, let gate = params.gate {
                    await desk.gate(gate).value
                }
                call.progress(step, total: 10, message: "step \(index)")
            }
            return Done()
        }
        methods.answer(Old.self) { _, _ in Done() }
        methods.answer(Count.self) { call, params in
            Count.Result(
                principal: call.principal.name, hasSession: call.session != nil,
                text: params.text)
        }
    }

    private static func bindWrites(_ methods: MethodRegistrar, _ desk: CallDesk) {
        let store = desk.store
        methods.handle(Add.self) { [unowned desk] call, params in
            desk.entered.add(Add.name)
            return try await call.write(to: store) { tx in
                let id = try tx.insertNote(params.title)
                try tx.audit("note.added", Ref("note", id), before: nil, after: nil)
                if params.failing { throw RPCError.conflict("Failed as asked.") }
                return Note(id: id, title: params.title)
            }
        }
        methods.handle(AddLoosely.self) { [unowned desk] call, params in
            desk.entered.add(AddLoosely.name)
            let id = try await call.write(
                to: store, answering: { Note(id: $0, title: "not yet") }
            ) { try $0.insertNote(params.title) }
            return Note(id: id, title: params.title)
        }
        methods.handle(AddSecretly.self) { call, params in
            let id = try await call.write(to: store, answering: { Note(id: $0, title: "***") }) {
                try $0.insertNote(params.title)
            }
            return Note(id: id, title: params.title)
        }
        methods.handle(AddPast.self) { [unowned desk] _, params in
            desk.entered.add(AddPast.name)
            return Note(id: try await store.writeNote(params.title), title: params.title)
        }
        methods.handle(AddThrough.self) { [unowned desk] call, params in
            let title = JSON.string(params.title)
            return try await desk.dispatcher.call(
                Add.name, ["title": title], as: call.principal
            ).object ?? [:]
        }
        methods.handle(HoldWrite.self) { [unowned desk] call, params in
            desk.entered.add(HoldWrite.name)
            let note = try await call.write(to: store) { tx in
                Note(id: try tx.insertNote(params.gate), title: params.gate)
            }
            await desk.gate(params.gate).value
            return note
        }
        let ticks = Guarded(0)
        methods.answer(Tick.self) { call, _ in
            if call.isDryRun { return Tick.Result(ticks: ticks.withLock { $0 + 1 }) }
            return Tick.Result(
                ticks: ticks.withLock {
                    $0 += 1; return $0
                })
        }
    }
}
