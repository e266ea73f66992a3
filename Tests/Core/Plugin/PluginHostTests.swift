import OpsJSONRPC
import Testing

@testable import OpsCore

struct PluginHostTests {
    private func entry(
        _ name: String, _ onFailure: PluginConfiguration.OnFailure = .abortStart,
        _ config: JSON = [:]
    ) -> PluginConfiguration {
        PluginConfiguration(name: name, onFailure: onFailure, config: config)
    }

    private func states(_ platform: Platform) async -> [String: PluginHost.State] {
        Dictionary(
            await platform.plugins.statuses.map { ($0.name, $0.state) },
            uniquingKeysWith: { $1 })
    }

    // MARK: - Starting and stopping

    @Test func `plugins start in order and stop in reverse`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("needy", "plain", "tame") { platform in
            #expect(
                await states(platform)
                    == ["plain": .running, "tame": .running, "needy": .running])
        }
        #expect(
            fixture.deeds == [
                "plain: started", #"tame: started {"pong":true}"#, "needy: started",
                "needy: stopped", "tame: stopped", "plain: stopped",
            ])
    }

    @Test func `a plugin that throws in start is stopped, and all before it`() async throws {
        let fixture = try PlatformFixture()
        let error = await fixture.failure([
            entry("plain"), entry("tame"), entry("throws_in_start"), entry("needy"),
        ])
        #expect((error as? PluginError)?.code == .startFailed)
        #expect((error as? PluginError)?.description == "throws_in_start: Refusal()")
        #expect(
            fixture.deeds == [
                "plain: started", #"tame: started {"pong":true}"#, "throws_in_start: started",
                "throws_in_start: stopped", "tame: stopped", "plain: stopped",
            ])
    }

    @Test func `a plugin that throws in init is not stopped, but all before it`() async throws {
        let fixture = try PlatformFixture()
        let error = await fixture.failure([entry("plain"), entry("throws_in_init")])
        #expect((error as? PluginError)?.plugin == "throws_in_init")
        #expect(fixture.deeds == ["plain: started", "plain: stopped"])
    }

    @Test func `a plugin that does not answer what it declares is stopped`() async throws {
        let fixture = try PlatformFixture()
        let error = await fixture.failure([entry("silent")])
        #expect((error as? PluginError)?.message.contains("silent.mumble") == true)
        #expect(fixture.deeds == ["silent: started", "silent: stopped"])
    }

    @Test func `a mistake in the plan is found before anything is opened`() async throws {
        let fixture = try PlatformFixture()
        let error = await fixture.failure([entry("tame"), entry("noun_thief")])
        #expect((error as? PluginError)?.code == .conflict)
        #expect(!fixture.folder.exists("opsloop.db"))
        #expect(fixture.deeds == [])
    }

    @Test func `a platform starts again after a failed start`() async throws {
        let fixture = try PlatformFixture()
        _ = await fixture.failure([entry("throws_in_start")])
        try await fixture.run("plain") { platform in
            #expect(await states(platform) == ["plain": .running])
        }
    }

    // MARK: - Degraded

    @Test func `a plugin that may fail leaves the others running`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [entry("silent", .degrade), entry("tame")]) { platform in
            #expect(await states(platform) == ["silent": .failed, "tame": .running])
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("silent.mumble")
            }
            #expect(error?.kind == "plugin_unavailable")
            let status = try await platform.call("plugin.get", ["plugin": "silent"])
            #expect(status["state"] == "failed")
            #expect(status["error"]?.string?.contains("silent.mumble") == true)
        }
    }

    @Test func `a failed plugin's recurring work ends with it`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [entry("throws_in_start", .degrade)]) { platform in
            let before = fixture.time.timerCount
            await fixture.time.advance(by: .seconds(30))
            try await platform.loop.perform {}
            #expect(fixture.time.timerCount <= before)
            #expect(!fixture.deeds.contains("throws_in_start: haunted"))
        }
    }

    @Test func `what requires a failed plugin does not start`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame") { platform in
            _ = try await platform.store.write(as: .system, reason: "test") {
                // The next start fails: the plugin's own insert breaks this rule.
                try $0.execute("CREATE UNIQUE INDEX only_one ON tame ((1))")
            }
        }
        try await fixture.run(
            plugins: [entry("tame", .degrade), entry("needy", .degrade), entry("plain")]
        ) { platform in
            #expect(
                await states(platform) == ["tame": .failed, "needy": .failed, "plain": .running])
        }
        let error = await fixture.failure([entry("tame", .degrade), entry("needy")])
        #expect(
            (error as? PluginError)?.description == "needy: requires tame, which did not start")
    }

    // MARK: - Hanging

    @Test func `a plugin that hangs in start does not hang the start`() async throws {
        let fixture = try PlatformFixture()
        async let failure = fixture.failure([entry("plain"), entry("hangs_in_start")])
        while !fixture.deeds.contains("hangs_in_start: starting for ever") { await Task.yield() }
        await fixture.time.advance(by: .seconds(10))
        #expect(
            (await failure as? PluginError)?.description
                == "hangs_in_start: did not start within 10000 ms")
        #expect(fixture.deeds.suffix(2) == ["hangs_in_start: stopped", "plain: stopped"])
    }

    @Test func `a built-in plugin calls no more than it is granted`() async throws {
        let fixture = try PlatformFixture()
        var tame = entry("tame", .degrade)
        tame.grants = PluginGrants()
        try await fixture.run(plugins: [tame]) { platform in
            let status = try await platform.call("plugin.get", ["plugin": "tame"])
            #expect(status["state"] == "failed")
            #expect(status["error"]?.string?.contains("system.ping") == true)
        }
    }

    @Test func `a plugin that hangs in stop is left behind after its time`() async throws {
        let fixture = try PlatformFixture()
        let platform = try await Platform.start(
            fixture.options([entry("plain"), entry("hangs_in_stop")]))
        async let stopped: Void = platform.stop()
        while !fixture.deeds.contains("hangs_in_stop: stopping for ever") { await Task.yield() }
        #expect(!fixture.deeds.contains("plain: stopped"))
        await fixture.time.advance(by: .seconds(5))
        await stopped
        #expect(fixture.deeds.last == "plain: stopped")
        #expect(
            fixture.log.entries.contains(
                "error: plugin did not stop in time and is left behind plugin=hangs_in_stop"))
    }

    // MARK: - Reloading

    private func reload(
        _ platform: Platform, _ plugins: PluginConfiguration...
    ) async throws -> [String: PluginHost.Reloaded] {
        try await platform.reload(Configuration(plugins: plugins))
    }

    @Test func `a reload says what it did to each plugin`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame", "plain", "needy") { platform in
            let tame = entry("tame", .abortStart, ["greeting": "moin"])
            let blue = entry("plain", .abortStart, ["colour": "blue"])
            let first = try await reload(platform, tame, blue, entry("needy", .degrade))
            #expect(first == ["tame": .applied, "plain": .needsRestart, "needy": .unchanged])
            let greeting = try await platform.call("tame.greet", ["who": "you"])
            #expect(greeting == ["greeting": "moin you"])
            let second = try await reload(platform, tame, entry("plain"), entry("throws_in_start"))
            #expect(
                second == [
                    "tame": .unchanged, "plain": .unchanged, "throws_in_start": .needsRestart,
                    "needy": .needsRestart,
                ])
        }
        #expect(fixture.deeds.count { $0 == "tame: reloaded" } == 1)
    }

    @Test func `a mistake in the new settings changes nothing`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame", "plain") { platform in
            await #expect(throws: PluginError.self) {
                try await reload(
                    platform, entry("tame", .abortStart, ["greeting": "moin"]),
                    entry("plain", .abortStart, ["colour": 5]))
            }
            let greeting = try await platform.call("tame.greet")
            #expect(greeting == ["greeting": "hello you"])
        }
    }

    @Test func `a plugin that fails to reload keeps no other from it`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("refuses_reload", "tame") { platform in
            let red = entry("refuses_reload", .abortStart, ["colour": "red"])
            let tame = entry("tame", .abortStart, ["greeting": "moin"])
            for _ in 1...2 {
                let error = await #expect(throws: PluginError.self) {
                    try await reload(platform, red, tame)
                }
                #expect(error?.code == .reloadFailed)
                #expect(error?.plugin == "refuses_reload")
            }
            let greeting = try await platform.call("tame.greet")
            #expect(greeting == ["greeting": "moin you"])
            // It was not taken for done: the second reload asked again.
            #expect(fixture.deeds.count { $0 == "refuses_reload: asked to reload" } == 2)
            #expect(await states(platform)["refuses_reload"] == .running)
        }
    }

    @Test func `a restart takes what a reload could not hand over`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame", "plain") { platform in
            let blue = entry("plain", .abortStart, ["colour": "blue"])
            var kept = entry("tame")
            kept.grants = PluginGrants()
            for _ in 1...2 {
                let outcome = try await reload(platform, kept, blue)
                #expect(outcome == ["tame": .needsRestart, "plain": .needsRestart])
            }
            _ = try await platform.call("plugin.restart", ["plugin": "plain"])
            let outcome = try await reload(platform, kept, blue)
            #expect(outcome == ["tame": .needsRestart, "plain": .unchanged])
            // It wants system.ping, which it is not granted any more.
            let error = await platform.error("plugin.restart", ["plugin": "tame"])
            #expect(error?.message.contains("system.ping") == true)
        }
    }

    // MARK: - Changes that meet

    @Test func `restarts follow one another`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("plain") { platform in
            await withTaskGroup(of: Void.self) { group in
                for _ in 1...5 {
                    group.addTask {
                        _ = try? await platform.call("plugin.restart", ["plugin": "plain"])
                    }
                }
            }
        }
        let pair = ["plain: started", "plain: stopped"]
        #expect(fixture.deeds == Array(repeatElement(pair, count: 6).joined()))
    }

    @Test func `a caller who gives up leaves no plugin halfway`() async throws {
        let fixture = try PlatformFixture()
        let platform = try await Platform.start(fixture.options([entry("hangs_in_stop")]))
        let restart = Task {
            try await platform.call("plugin.restart", ["plugin": "hangs_in_stop"])
        }
        while !fixture.deeds.contains("hangs_in_stop: stopping for ever") { await Task.yield() }
        restart.cancel()
        await fixture.time.advance(by: .seconds(5))
        while await states(platform)["hangs_in_stop"] != .running { await Task.yield() }
        async let stopped: Void = platform.stop()
        while fixture.deeds.count(where: { $0 == "hangs_in_stop: stopping for ever" }) < 2 {
            await Task.yield()
        }
        await fixture.time.advance(by: .seconds(5))
        await stopped
    }
}
