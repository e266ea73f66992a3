import OpsJSONRPC
import Testing

@testable import OpsCore

/// What a caller can and cannot do about the hooks before its call.
@Suite struct HookChainTests {
    private static let limit = Duration.milliseconds(500)

    /// A plugin that lets everything pass when it fails.
    private static func entry(
        filter: JSON.Object = [:], _ ask: @escaping HookEntry.Ask
    ) -> HookEntry {
        HookEntry(
            plugin: "dog", declaration: HookDeclaration("note.before_add", filter: filter),
            settings: HookSettings(), timeout: limit, ask: ask)
    }

    private func run(_ entry: HookEntry, _ body: (CallDesk) async throws -> Void) async throws {
        try await CallDesk.run { desk in
            let chain = HookChain(
                loop: desk.loop, time: desk.time, logger: StoreFolder.logger)
            try chain.set([entry], of: "dog")
            desk.dispatcher.setHookRunner(chain)
            try await body(desk)
        }
    }

    @Test func `a caller in a hurry does not get past a hook`() async throws {
        let asked = Journal<Int>()
        let gate = Promise<Void>()
        let deaf = Self.entry { _, _ in
            asked.add(1)
            await gate.value
            return .continue
        }
        try await run(deaf) { desk in
            try await desk.send(
                CallDesk.frame(1, "add", ["title": "a"], meta: ["timeout_ms": 50]))
            _ = await asked.first(1)
            while desk.time.timerCount < 2 { await Task.yield() }
            await desk.time.advance(by: .milliseconds(50))
            _ = await desk.lines.first(1)
            // The hook's own limit, in case that it still waits for that.
            await desk.time.advance(by: Self.limit)
            try await desk.settle()
            #expect(try desk.answers.map { $0["error"]?["code"]?.int } == [1007])
            #expect(try await desk.store.noteTitles() == [])
            gate.keep()
        }
    }

    @Test func `a call that is cancelled while its hook is asked is not carried out`()
        async throws
    {
        let asked = Journal<Int>()
        let gate = Promise<Void>()
        let deaf = Self.entry { _, _ in
            asked.add(1)
            await gate.value
            return .continue
        }
        try await run(deaf) { desk in
            try await desk.send(CallDesk.frame(1, "add", ["title": "a"]))
            _ = await asked.first(1)
            try await desk.send(CallDesk.cancel(1))
            _ = await desk.lines.first(1)
            gate.keep()
            try await desk.settle()
            #expect(try desk.answers.map { $0["error"]?["code"]?.int } == [1008])
            #expect(try await desk.store.noteTitles() == [])
        }
    }

    @Test func `a hook that is late by the operator's limit lets the call pass`() async throws {
        let asked = Journal<Int>()
        let gate = Promise<Void>()
        let late = Self.entry { _, _ in
            asked.add(1)
            await gate.value
            return .reject(.conflict("too late"))
        }
        try await run(late) { desk in
            try await desk.send(CallDesk.frame(1, "add", ["title": "a"]))
            _ = await asked.first(1)
            while desk.time.timerCount < 1 { await Task.yield() }
            await desk.time.advance(by: Self.limit)
            try await desk.settle()
            #expect(try await desk.store.noteTitles() == ["a"])
            gate.keep()
        }
    }

    @Test(arguments: [
        #"{"title":"a","failing":false}"#, #"{"title":"a"}"#, #"{"title":"a","failing":null}"#,
    ])
    func `a filter on a default holds however the default is given`(params: String) async throws {
        let rejecting = Self.entry(filter: ["failing": false]) { _, _ in
            .reject(.conflict("not with me"))
        }
        try await run(rejecting) { desk in
            let params = try #require(try JSON.parse(params).object)
            #expect(try await desk.ask(1, "add", params)["error"]?["message"] == "not with me")
        }
    }

    @Test func `a filter compares numbers by their value`() throws {
        let method = MethodDeclaration(NoteMethods.Add.self)
        let hook = HookDeclaration("note.before_add", filter: ["level": ["of": [1, 2.5]]])
        for text in ["[1,2.5]", "[1.0,2.50]", "[1e0,25e-1]"] {
            #expect(hook.wants(["level": ["of": try JSON.parse(text)]], of: method), "\(text)")
        }
        for text in ["[1,2]", "[1]", "[1,2.5,3]", "[\"1\",2.5]", "[2.5,1]"] {
            #expect(!hook.wants(["level": ["of": try JSON.parse(text)]], of: method), "\(text)")
        }
    }

    @Test func `a default that only some types of a record have belongs to these`() throws {
        let set = try FieldSpec(
            name: "level", help: "The level.", schema: ["type": "integer"], defaultValue: 1)
        let method = MethodDeclaration(
            name: "thing.create", summary: "Makes.", effect: .write, isIdempotent: false,
            fields: [set.applying(to: ["a"])], resultSchema: [:])
        let hook = HookDeclaration("thing.before_create", filter: ["level": 1])
        #expect(hook.wants(["type": "a"], of: method))
        #expect(!hook.wants(["type": "b"], of: method))
        #expect(!hook.wants(["type": "a", "level": 2], of: method))
    }
}
