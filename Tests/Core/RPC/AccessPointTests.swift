import OpsJSONRPC
import Testing

@testable import OpsCore

/// Where the dispatcher asks others before it calls anybody: access and hooks.
@Suite struct AccessPointTests {
    /// Allows what it is told to and keeps what it was asked.
    private final class Porter: Access {
        let asked = Journal<AccessAttempt>()
        let allowed: Set<String>

        init(_ allowed: Set<String>) { self.allowed = allowed }

        func refusal(_ attempt: AccessAttempt) -> RPCError? {
            asked.add(attempt)
            return allowed.contains(attempt.method)
                ? nil : .forbidden("\(attempt.method) is not for you.")
        }
    }

    /// A hook that does what the payload's title says.
    private struct Hook: HookRunner {
        let seen = Journal<String>()

        func hasHooks(_ name: String) -> Bool { name == "note.before_add" }

        func run(
            _ name: String, before method: MethodDeclaration?, payload: JSON.Object, for call: Call
        ) async throws(RPCError) -> JSON.Object {
            seen.add("\(name) \(payload["title"]?.string ?? "") \(call.isDryRun)")
            switch payload["title"] {
            case "reject": throw .conflict("Not with me.")
            case "replace": return ["title": "replaced"]
            case "spoil": return ["title": 7]
            default: return payload
            }
        }
    }

    @Test func `what the caller may not do is refused, told and not carried out`() async throws {
        try await CallDesk.run { desk in
            let porter = Porter(["note.count"])
            let caller = Caller(principal: Principal("uid:9"), access: porter, session: nil)
            let count = CallDesk.frame(1, "count", ["text": "x"], meta: ["dry_run": true])
            try await desk.send(count, from: caller)
            try await desk.send(CallDesk.frame(2, "add", ["title": "a"]), from: caller)
            try await desk.send(#"{"jsonrpc":"2.0","method":"note.old"}"#, from: caller)
            let answers = try desk.answers
            #expect(answers.count == 2)
            #expect(answers[0]["result"]?["principal"] == "uid:9")
            #expect(answers[1]["error"]?["code"] == 1002)
            #expect(answers[1]["error"]?["data"]?["request_id"] != nil)
            #expect(
                desk.denied.entries == [
                    "uid:9 note.add forbidden", "uid:9 note.old forbidden",
                ])
            #expect(porter.asked.entries[0].params == ["text": "x"], "_meta is nobody's business")
            #expect(porter.asked.entries[1].effect == .write)
            #expect(porter.asked.entries[1].owner == NoteMethods.owner)
            #expect(try await desk.store.noteTitles() == [])
        }
    }

    @Test func `rights come before the memory of a key, and before a bad _meta is named`()
        async throws
    {
        try await CallDesk.run { desk in
            let caller = Caller(
                principal: Principal("uid:9"), access: Porter([]), session: nil)
            try await desk.send(CallDesk.frame(1, "add", meta: ["nonsense": 1]), from: caller)
            #expect(try desk.answers[0]["error"]?["code"] == 1002)
        }
    }

    @Test func `a call from inside the process has the rights that it is given`() async throws {
        try await CallDesk.run { desk in
            let error = await #expect(throws: RPCError.self) {
                try await desk.dispatcher.call(
                    "note.tick", nil, as: .plugin("x"), access: Porter([]))
            }
            #expect(error?.code == 1002)
            #expect(desk.denied.entries == ["plugin:x note.tick forbidden"])
        }
    }

    @Test func `a connection that becomes somebody else is that from its next call on`()
        async throws
    {
        try await CallDesk.run { desk in
            #expect(try await desk.ask(1, "count")["result"]?["principal"] == "uid:7")
            try await desk.loop.perform {
                desk.caller.become(Principal("token:3"), Porter(["note.count"]))
            }
            let answer = try await desk.ask(2, "count")
            #expect(answer["result"]?["principal"] == "token:3")
            #expect(answer["result"]?["has_session"] == true)
            #expect(try await desk.ask(3, "tick")["error"]?["code"] == 1002)
        }
    }

    @Test func `a hook may let pass, replace or reject, on a dry run as well`() async throws {
        try await CallDesk.run { desk in
            let hook = Hook()
            desk.dispatcher.setHookRunner(hook)
            let passed = try await desk.ask(1, "add", ["title": "pass"], meta: ["dry_run": true])
            #expect(passed["result"]?["title"] == "pass")
            let replaced = try await desk.ask(2, "add", ["title": "replace"])
            #expect(replaced["result"] == ["id": 1, "title": "replaced"])
            let rejected = try await desk.ask(3, "add", ["title": "reject"])
            #expect(rejected["error"]?["message"] == "Not with me.")
            let spoilt = try await desk.ask(4, "add", ["title": "spoil"])
            #expect(spoilt["error"]?["data"]?["fields"]?[0]?["path"] == "title")
            #expect(try await desk.ask(5, "tick")["result"] == ["ticks": 1])
            #expect(
                hook.seen.entries == [
                    "note.before_add pass true", "note.before_add replace false",
                    "note.before_add reject false", "note.before_add spoil false",
                ])
        }
    }

    @Test func `a repeated call is answered from memory without asking the hooks again`()
        async throws
    {
        try await CallDesk.run { desk in
            let hook = Hook()
            desk.dispatcher.setHookRunner(hook)
            for id in 1...2 {
                let answer = try await desk.ask(
                    id, "add", ["title": "replace"], meta: ["idempotency_key": "k"])
                #expect(answer["result"]?["title"] == "replaced")
            }
            #expect(hook.seen.entries.count == 1)
        }
    }
}
