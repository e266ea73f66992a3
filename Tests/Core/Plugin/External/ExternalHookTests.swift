import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct ExternalHookTests {
    private typealias Fixture = ExternalFixture

    /// A plugin that hooks in before another's `write`.
    private static func guardian(
        _ name: String, _ how: [String] = [], order: String = "",
        onError: HookSettings.OnError? = nil,
        priority: Int = 0, hookTimeoutMs: Int = 5000
    ) throws -> PluginConfiguration {
        let hooks = #"hooks=[{"name":"cat.before_write""# + order + "}]"
        return try Fixture.animal(
            name, how + [hooks], grants: try Fixture.grants(["hooks": ["cat.*"]])
        ) {
            var settings = HookSettings()
            settings.priority = priority
            if let onError { settings.onError = onError }
            $0.hooks = ["cat.before_write": settings]
            $0.policy = try Fixture.policy([
                "hook_timeout_ms": .number(.init(hookTimeoutMs)), "restart": ["initial_ms": 1],
            ])
        }
    }

    @Test func `a hook lets a call pass, changes it or refuses it`() async throws {
        try await (try Fixture()).run(
            try Fixture.animal(), try Self.guardian("dog", ["replaces"])
        ) { platform in
            let found1 = try await platform.call("cat.write", ["who": "a"])
            #expect(found1 == ["who": "adog"])
        }
        try await (try Fixture()).run(
            try Fixture.animal(), try Self.guardian("dog", ["rejects"])
        ) { platform in
            let error = await platform.error("cat.write", ["who": "a"])
            #expect(error?.message == "not today")
            #expect(error?.code == 2001 && error?.kind == "mood")
            let found2 = try await platform.call("cat.echo", ["who": "a"])
            #expect(found2 == ["who": "a"])
        }
    }

    @Test func `hooks are asked by before and after, then priority, then name`() async throws {
        try await (try Fixture()).run(
            try Fixture.animal(), try Self.guardian("dog", ["replaces"], priority: 5),
            try Self.guardian("bee", ["replaces"], order: #","after":["dog"]"#),
            try Self.guardian("elk", ["replaces"], priority: 5),
            try Self.guardian("fox", ["replaces"], order: #","before":["elk"]"#, priority: 7)
        ) { platform in
            let found3 = try await platform.call("cat.write", ["who": ""])
            #expect(found3 == ["who": "dogbeefoxelk"])
            let hooks = try await platform.call("hook.list")["items"]?.array ?? []
            #expect(hooks.compactMap { $0["plugin"]?.string } == ["dog", "bee", "fox", "elk"])
            #expect(hooks.compactMap { $0["position"]?.int } == [1, 2, 3, 4])
            #expect(hooks[0]["on_error"] == "continue")
        }
    }

    @Test func `hooks that stand before each other stop the start`() async throws {
        let error = await (try Fixture()).failure(
            try Fixture.animal(), try Self.guardian("dog", order: #","after":["bee"]"#),
            try Self.guardian("bee", order: #","after":["dog"]"#))
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("bee, dog stand before each other in a circle") == true)
    }

    @Test func `a filter spares the plugin the calls that it does not want`() async throws {
        try await (try Fixture()).run(
            try Fixture.animal(),
            try Self.guardian("dog", ["replaces"], order: #","filter":{"kind":"bone"}"#)
        ) { platform in
            let found4 = try await platform.call("cat.write", ["who": "a"])
            #expect(found4 == ["who": "a"])
            let result = try await platform.call("cat.write", ["who": "a", "kind": "bone"])
            #expect(result["who"] == "adog")
        }
    }

    @Test(arguments: [
        ["sleeps_in_hook"], ["fails_in_hook"], ["dies_in_hook"], ["action=nonsense"],
    ])
    func `a plugin that fails in a hook does as little harm as the operator wants`(
        how: [String]
    ) async throws {
        let isSlow = how == ["sleeps_in_hook"]
        for (onError, kind) in [
            (HookSettings.OnError.continue, nil), (.fail, "plugin_unavailable"),
        ] {
            let fixture = try Fixture()
            let dog = try Self.guardian(
                "dog", how, onError: onError, hookTimeoutMs: isSlow ? 50 : 5000)
            try await fixture.run(try Fixture.animal(), dog) { platform in
                let error = await platform.error("cat.write", ["who": "a"])
                #expect(error?.kind == kind)
                #expect(fixture.has("a plugin failed in a hook"))
                let found5 = try await platform.call("system.ping")
                #expect(found5 == ["pong": true])
            }
        }
    }

    @Test func `a call that is too large for the hook is refused, not let pass`() async throws {
        let fixture = try Fixture()
        var dog = try Self.guardian("dog", ["rejects"])
        dog.policy = try Fixture.policy(["max_frame_bytes": 8192])
        try await fixture.run(try Fixture.animal(), dog) { platform in
            let large = JSON.string(String(repeating: "a", count: 10_000))
            #expect(await platform.error("cat.write", ["who": large])?.kind == "too_large")
            #expect(await platform.error("cat.write", ["who": "a"])?.kind == "mood")
        }
    }

    @Test func `a plugin is told the time that the operator gives it, not the caller's`()
        async throws
    {
        let fixture = try Fixture()
        try await fixture.run(
            try Fixture.animal(), try Self.guardian("dog", ["notes_hooks"])
        ) { platform in
            var meta = CallMeta()
            meta.timeoutMs = 60_000
            #expect(await platform.error("cat.write", ["who": "a"], meta: meta) == nil)
            let told = try await platform.call("dog.told")["told"]
            #expect(told?[0]?[1]?["_meta"]?["timeout_ms"] == 5000)
        }
    }

    @Test func `who must be asked and does not run keeps calls from going on`() async throws {
        let fixture = try Fixture()
        var dog = try Self.guardian("dog", ["throws_in_start"], onError: .fail)
        dog.onFailure = .degrade
        dog.policy = try Fixture.policy(["restart": ["mode": "never"]])
        try await fixture.run(try Fixture.animal(), dog) { platform in
            #expect(
                await platform.error("cat.write", [:])?.kind == "plugin_unavailable")
        }
    }

    @Test func `built-in plugins hook in as well`() async throws {
        try await (try Fixture()).run(
            try Fixture.animal(), PluginConfiguration(name: "hooked")
        ) { platform in
            let found6 = try await platform.call("cat.write", ["who": "a"])
            #expect(found6 == ["who": "a", "seen": true])
            #expect(await platform.error("cat.write", ["who": "nobody"])?.kind == "conflict")
        }
    }
}
