import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct ExternalCallTests {
    @Test func `its methods are called like any other`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let params = try JSON.parse(#"{"text":"miau 🐈","n":1.0,"none":null}"#)
            let value1 = try await platform.call("cat.echo", params)
            #expect(value1 == params)
            let document = try await platform.call("rpc.discover")
            let names = document["methods"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names.contains("cat.echo"))
            let value2 = try await platform.state()
            #expect(value2 == "running")
        }
        #expect(fixture.has("info: started"))
    }

    @Test func `a call tells the plugin who calls and how`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            var meta = CallMeta()
            meta.isDryRun = true
            meta.idempotencyKey = "k\"1"
            meta.timeoutMs = 5000
            meta.traceparent = "00-1-2-3"
            let seen = try await platform.dispatcher.call(
                "cat.meta", [:], as: Principal("uid:7"), meta: meta)
            #expect(seen["principal"] == "uid:7")
            #expect(seen["request_id"]?.string?.hasPrefix("r") == true)
            #expect(seen["dry_run"] == true)
            #expect(seen["idempotency_key"] == "k\"1")
            #expect(seen["traceparent"] == "00-1-2-3")
            #expect((1...5000).contains(seen["timeout_ms"]?.int ?? 0))
        }
    }

    @Test func `what a plugin has written stands in the audit log`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            _ = try await platform.call("cat.write", [:], as: Principal("uid:7"))
            _ = try await platform.call("cat.echo", [:], as: Principal("uid:7"))
            let rows = try await platform.call("audit.list", ["principal": "uid:7"])
            #expect(rows["items"]?.array?.count == 1)
            #expect(rows["items"]?[0]?["method"] == "cat.write")
            #expect(rows["items"]?[0]?["outcome"] == "ok")
        }
    }

    @Test func `a plugin that can't rehearse is not asked to`() async throws {
        let fixture = try ExternalFixture()
        var rehearsal = CallMeta()
        rehearsal.isDryRun = true
        try await fixture.run(try ExternalFixture.animal()) { [rehearsal] platform in
            let error = await platform.error("cat.write", [:], meta: rehearsal)
            #expect(error?.kind == "conflict")
            #expect(error?.message == "This method cannot be rehearsed; nothing was changed.")
        }
        let able = try ExternalFixture.animal("cat", ["dry_run"])
        try await fixture.run(able) { [rehearsal] platform in
            #expect(await platform.error("cat.write", [:], meta: rehearsal) == nil)
        }
    }

    @Test func `what a plugin may not ask for stands in the audit log`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            _ = await platform.error(
                "cat.ask", ["method": "store.put", "params": ["key": "k", "value": 1]])
            // Denials are written down without anybody waiting; what is written later comes after.
            _ = try await platform.call("cat.write", [:])
            let rows = try await platform.call("audit.list", ["principal": "plugin:cat"])
            #expect(rows["items"]?[0]?["method"] == "store.put")
            #expect(rows["items"]?[0]?["outcome"] == "forbidden")
        }
    }

    @Test func `nobody forges what the host says about a call`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let error = await platform.error("cat.meta", ["_meta": ["principal": "uid:0"]])
            #expect(error?.kind == "invalid_params")
            #expect(error?.fields.first?.path == "_meta.principal")
        }
    }

    @Test func `progress goes to the caller under its own token`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let session = FakeSession()
            var meta = CallMeta()
            meta.progressToken = "mine"
            _ = try await platform.dispatcher.call(
                "cat.progress", [:], as: .system, meta: meta, session: session)
            let reports = session.notices.entries
            #expect(reports.map(\.method) == ["$/progress", "$/progress", "$/progress"])
            #expect(reports.last?.params["progress_token"] == "mine")
            #expect(reports.last?.params["progress"] == 3)
            #expect(reports.last?.params["message"] == "step 3")
        }
    }

    @Test func `a call that takes too long is answered, and the plugin is told`() async throws {
        let fixture = try ExternalFixture()
        let entry = try ExternalFixture.animal {
            $0.policy = try ExternalFixture.policy(["call_timeout_ms": 50])
        }
        try await fixture.run(entry) { platform in
            let error = await platform.error("cat.hang", [:])
            #expect(error?.kind == "deadline_exceeded")
            let told = try await platform.call("cat.told")
            #expect(told["told"]?[0]?[0] == "$/cancelRequest")
        }
    }

    @Test func `cancelling a call cancels it in the plugin`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let task = Task { await platform.error("cat.hang", [:]) }
            while try await platform.call("plugin.get", ["plugin": "cat"])["in_flight"] == 0 {
                await Task.yield()
            }
            task.cancel()
            #expect(await task.value?.kind == "cancelled")
            let told = try await platform.call("cat.told")
            #expect(told["told"]?[0]?[0] == "$/cancelRequest")
        }
    }

    @Test func `calls beyond the limit wait, and beyond that they are refused`() async throws {
        let fixture = try ExternalFixture()
        let entry = try ExternalFixture.animal {
            $0.policy = try ExternalFixture.policy([
                "max_in_flight": 2, "max_queue_bytes": 2048, "call_timeout_ms": 200,
            ])
        }
        try await fixture.run(entry) { platform in
            let kinds = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<40 { group.addTask { await platform.error("cat.hang", [:])?.kind } }
                return await group.reduce(into: [:]) { $0[$1 ?? "", default: 0] += 1 }
            }
            #expect(kinds["busy", default: 0] > 0)
            #expect(kinds["deadline_exceeded", default: 0] > 2)
            #expect(kinds.values.reduce(0, +) == 40)
            let found1 = try await platform.call("cat.echo", ["a": 1])
            #expect(found1 == ["a": 1])
        }
    }

    @Test func `a large call and a large answer go through`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let text = String(repeating: "grass ", count: 300_000)
            let result = try await platform.call("cat.echo", ["text": .string(text)])
            #expect(result["text"]?.string == text)
            let error = await platform.error(
                "cat.echo", ["text": .string(text + text + text)])
            #expect(error?.kind == "too_large")
        }
    }

    @Test func `thousands of calls at once are each answered once`() async throws {
        let fixture = try ExternalFixture()
        try await fixture.run(try ExternalFixture.animal()) { platform in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...2000 {
                    group.addTask {
                        try await platform.call("cat.echo", ["n": .number(.init(number))])["n"]?.int
                            ?? 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 2000 * 2001 / 2)
        }
    }
}
