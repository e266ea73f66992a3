import OpsJSONRPC
import Testing

@testable import OpsCore

/// Idempotency keys.
@Suite struct CallMemoryTests {
    private static let key: JSON = ["idempotency_key": "k"]

    private func text(_ answer: JSON) -> String? { answer["result"]?.text }

    @Test(arguments: ["add", "add_loosely", "add_past"])
    func `a repeated call gets the first one's result and does nothing`(method: String)
        async throws
    {
        try await CallDesk.run { desk in
            let first = try await desk.ask(1, method, ["title": "a"], meta: Self.key)
            let second = try await desk.ask(2, method, ["title": "a"], meta: Self.key)
            #expect(text(first) == #"{"id":1,"title":"a"}"#)
            #expect(text(second) == text(first))
            #expect(try await desk.store.noteTitles() == ["a"])
            #expect(desk.entered.entries.count == 1)
        }
    }

    @Test func `a secret is answered once and kept nowhere`() async throws {
        try await CallDesk.run { desk in
            let params: JSON.Object = ["title": "hush"]
            let first = try await desk.ask(1, "add_secretly", params, meta: Self.key)
            #expect(text(first) == #"{"id":1,"title":"hush"}"#)
            let second = try await desk.ask(2, "add_secretly", params, meta: Self.key)
            #expect(text(second) == #"{"id":1,"title":"***"}"#)
            #expect(try await desk.store.count("call_result WHERE result LIKE '%hush%'") == 0)
        }
    }

    @Test func `a handler that answers at once is remembered, too`() async throws {
        try await CallDesk.run { desk in
            for id in 1...3 {
                let answer = try await desk.ask(id, "tick", meta: Self.key)
                #expect(text(answer) == #"{"ticks":1}"#)
            }
        }
    }

    @Test func `the order of the members makes no difference, nor does giving them by position`()
        async throws
    {
        try await CallDesk.run { desk in
            let texts = [
                #"{"title":"a","failing":false,"_meta":{"idempotency_key":"k"}}"#,
                #"{"_meta":{"idempotency_key":"k"},"failing":false,"title":"a"}"#,
            ]
            for (id, params) in texts.enumerated() {
                try await desk.send(
                    #"{"jsonrpc":"2.0","id":\#(id),"method":"note.add","params":\#(params)}"#)
                _ = await desk.lines.first(id + 1)
            }
            #expect(
                try desk.answers.map(text) == [#"{"id":1,"title":"a"}"#, #"{"id":1,"title":"a"}"#])
        }
    }

    @Test func `a key that stands for something else is refused with 1013`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "add", ["title": "a"], meta: Self.key)
            for (method, title) in [("add", "b"), ("add_past", "a")] {
                let answer = try await desk.ask(
                    2, method, ["title": .string(title)], meta: Self.key)
                #expect(answer["error"]?["code"] == 1013)
                #expect(answer["error"]?["data"]?["hint"] != nil)
            }
            #expect(try await desk.store.noteTitles() == ["a"])
        }
    }

    @Test func `a key belongs to its principal`() async throws {
        try await CallDesk.run { desk in
            let other = Caller(principal: Principal("uid:8"), session: nil)
            _ = try await desk.ask(1, "add", ["title": "a"], meta: Self.key)
            try await desk.send(
                CallDesk.frame(2, "add", ["title": "b"], meta: Self.key), from: other)
            let lines = await desk.lines.first(2)
            #expect(try JSON.parse(lines[1])["result"]?["id"] == 2)
        }
    }

    @Test func `a call whose first is under way is told so with 1014, or that it is another`()
        async throws
    {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(1, "hold_write", ["gate": "a"], meta: Self.key))
            _ = await desk.entered.first(1)
            let same = try await desk.ask(2, "hold_write", ["gate": "a"], meta: Self.key)
            #expect(same["error"]?["code"] == 1014)
            #expect(same["error"]?["data"]?["retryable"] == true)
            let other = try await desk.ask(3, "hold_write", ["gate": "b"], meta: Self.key)
            #expect(other["error"]?["code"] == 1013)
            desk.gate("a").keep()
            _ = await desk.lines.first(3)
            try await desk.settle()
            let again = try await desk.ask(4, "hold_write", ["gate": "a"], meta: Self.key)
            #expect(text(again) == #"{"id":1,"title":"a"}"#)
        }
    }

    @Test func `a call that was cancelled after its effect answers the effect when repeated`()
        async throws
    {
        try await CallDesk.run { desk in
            try await desk.send(
                CallDesk.frame(1, "hold_write", ["gate": "a"], meta: Self.key))
            while try await desk.store.count("call_result") == 0 { await Task.yield() }
            try await desk.send(CallDesk.cancel(1))
            _ = await desk.lines.first(1)
            desk.gate("a").keep()
            try await desk.settle()
            let again = try await desk.ask(2, "hold_write", ["gate": "a"], meta: Self.key)
            #expect(text(again) == #"{"id":1,"title":"a"}"#)
            #expect(try await desk.store.noteTitles() == ["a"])
        }
    }

    @Test func `errors are not remembered`() async throws {
        try await CallDesk.run { desk in
            for id in 1...2 {
                let answer = try await desk.ask(
                    id, "add", ["title": "a", "failing": true], meta: Self.key)
                #expect(answer["error"]?["code"] == 1004)
            }
            #expect(desk.entered.entries.count == 2)
            #expect(try await desk.store.count("call_result") == 0)
        }
    }

    @Test func `reads and rehearsals use no key up`() async throws {
        try await CallDesk.run { desk in
            for text in ["a", "b"] {
                let answer = try await desk.ask(
                    1, "count", ["text": .string(text)], meta: Self.key)
                #expect(answer["result"]?["text"] == .string(text))
            }
            let meta: JSON = ["idempotency_key": "k", "dry_run": true]
            _ = try await desk.ask(2, "add", ["title": "x"], meta: meta)
            #expect(try await desk.store.count("call_result") == 0)
        }
    }

    @Test func `after a day a key is free again, and its row goes`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "add", ["title": "a"], meta: Self.key)
            await desk.time.advance(by: .seconds(86_400))
            _ = try await desk.ask(2, "add", ["title": "a"], meta: Self.key)
            #expect(desk.entered.entries.count == 1)
            await desk.time.advance(by: .seconds(1))
            let other = try await desk.ask(3, "add", ["title": "b"], meta: Self.key)
            #expect(text(other) == #"{"id":2,"title":"b"}"#)
            #expect(try await desk.store.count("call_result") == 1)
            await desk.time.advance(by: .seconds(86_401))
            try await desk.dispatcher.memory?.prune()
            #expect(try await desk.store.count("call_result") == 0)
        }
    }

    @Test func `what is too old goes in pieces`() async throws {
        try await CallDesk.run { desk in
            for id in 1...5 {
                let key: JSON = ["idempotency_key": .string("k\(id)")]
                _ = try await desk.ask(id, "add", ["title": .string("a\(id)")], meta: key)
            }
            await desk.time.advance(by: .seconds(86_401))
            _ = try await desk.ask(6, "add", ["title": "b"], meta: Self.key)
            try await desk.dispatcher.memory?.prune(inPiecesOf: 2)
            let left = try await desk.store.read {
                try $0.rows("SELECT key FROM call_result").map { try $0.text("key") }
            }
            #expect(left == ["k"])
        }
    }

    @Test func `parameters are kept as a hash, because they may hold secrets`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "tick", ["nonsense": "hush"], meta: Self.key)
            _ = try await desk.ask(2, "tick", meta: Self.key)
            let hash = try await desk.store.read {
                try $0.row("SELECT params_hash FROM call_result")?.text("params_hash")
            }
            // printf '{}' | sha256sum
            #expect(hash == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        }
    }

    @Test func `of a hundred repetitions at once one is carried out`() async throws {
        try await CallDesk.run { desk in
            var meta = CallMeta()
            meta.idempotencyKey = "k"
            let answers = await withTaskGroup(of: Result<JSON, RPCError>.self) { group in
                for _ in 1...100 {
                    group.addTask { [meta] in
                        await desk.outcome("note.add", ["title": "a"], meta)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for answer in answers {
                switch answer {
                case .success(let json): #expect(json.text == #"{"id":1,"title":"a"}"#)
                case .failure(let error): #expect(error.code == 1014)
                }
            }
            let titles = try await desk.store.noteTitles()
            #expect(titles == ["a"])
        }
    }
}
