import OpsJSONRPC
import Testing

@testable import OpsCore

/// A plugin that wants more than it was granted, once it runs.
@Suite struct HostileTests {
    private typealias Fixture = ExternalFixture

    private func ask(
        _ platform: Platform, _ method: String, _ params: JSON
    ) async -> RPCError? {
        await platform.error("cat.ask", ["method": .string(method), "params": params])
    }

    private func withThief(_ body: (Platform) async throws -> Void) async throws {
        let entry = try Fixture.animal(
            "cat", [#"requires={"call":["system.ping"]}"#],
            grants: try Fixture.grants([
                "call": ["system.*"], "subscribe": ["*"], "emit": ["*"], "store": true,
            ]))
        try await (try Fixture()).run(entry, try Fixture.animal("dog")) { try await body($0) }
    }

    @Test func `it calls nothing that it has not claimed and been granted`() async throws {
        try await withThief { platform in
            #expect(await ask(platform, "host.call", ["method": "system.ping"]) == nil)
            for method in ["system.info", "plugin.restart", "dog.echo", "rpc.discover"] {
                let error = await ask(platform, "host.call", ["method": .string(method)])
                #expect(error?.kind == "forbidden", "\(method)")
                #expect(error?.message.contains(method) == true)
            }
        }
    }

    @Test func `it cannot say that somebody else calls`() async throws {
        try await withThief { platform in
            let params: JSON = [
                "method": "system.ping", "params": ["_meta": ["principal": "uid:0"]],
            ]
            #expect(await ask(platform, "host.call", params)?.kind == "invalid_params")
            let asItself = try await platform.call(
                "cat.call", ["call": ["method": "cat.meta", "params": [:]]])
            #expect(asItself["answer"]?["principal"] == "plugin:cat")
        }
    }

    @Test func `it announces and keeps nothing that it has not claimed`() async throws {
        try await withThief { platform in
            for topic in ["cat.purred", "dog.barked", "check.state_changed", "cat.", "cat.*"] {
                let error = await ask(
                    platform, "event.emit", ["topic": .string(topic), "data": [:]])
                #expect(error?.kind == "forbidden", "\(topic)")
            }
            for method in ["store.get", "store.put", "store.delete", "store.list"] {
                #expect(await ask(platform, method, ["key": "a"])?.kind == "forbidden")
            }
        }
    }

    @Test func `an id that was freed by a cancellation gets the answer to its new request`()
        async throws
    {
        try await withThief { platform in
            let answers = try await platform.call("cat.reuse")["answers"]
            #expect(answers?[0]?["error"]?["data"]?["kind"] == "cancelled")
            #expect(answers?[1]?["result"] == ["pong": true])
        }
    }

    @Test func `it has no other doors`() async throws {
        try await withThief { platform in
            for method in ["system.ping", "plugin.stop", "event.subscribe", "hook.call", ""] {
                #expect(await ask(platform, method, [:])?.kind == "method_not_found")
            }
        }
    }

    @Test func `its events do not leave its own noun, whatever it is granted`() async throws {
        let entry = try Fixture.animal(
            "cat", [#"requires={"emit":["*"]}"#], grants: try Fixture.grants(["emit": ["*"]]))
        try await (try Fixture()).run(entry) { platform in
            let foreign = await ask(platform, "event.emit", ["topic": "dog.barked"])
            #expect(foreign?.kind == "forbidden")
            #expect(await ask(platform, "event.emit", ["topic": "cat.purred"]) == nil)
            let pattern = await ask(platform, "event.emit", ["topic": "cat.*"])
            #expect(pattern?.fields.first?.path == "topic")
        }
    }
}
