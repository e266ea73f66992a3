import OpsJSONRPC
import Testing

@testable import OpsCore

struct PlatformTests {
    // MARK: - Starting and stopping

    @Test func `a platform starts and stops twice in a process and keeps its events`()
        async throws
    {
        let fixture = try PlatformFixture()
        for round in 1...2 {
            try await fixture.run("tame") { platform in
                let events = try await platform.call("event.read", ["from_seq": 0])["items"]
                #expect(events?.array?.map { $0["seq"] } == (1...round).map { .number(.init($0)) })
                #expect(events?.array?.last?["topic"] == "tame.started")
                #expect(try await platform.call("event.read")["next_seq"]?.int == round + 1)
            }
        }
    }

    @Test func `stopping twice is harmless, and frees the folder though the platform is held`()
        async throws
    {
        let fixture = try PlatformFixture()
        let first = try await Platform.start(fixture.options([.init(name: "plain")]))
        await first.stop()
        await first.stop()
        try await fixture.run("plain") { _ in }
        #expect(fixture.deeds.count { $0 == "plain: stopped" } == 2)
        await #expect(throws: RPCError.self) { try await first.call("system.ping") }
    }

    @Test func `a folder that is in use is refused`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run { _ in
            #expect(await fixture.failure([]) is DataDirectoryError)
        }
    }

    @Test func `two platforms live side by side`() async throws {
        let (one, two) = (try PlatformFixture(), try PlatformFixture())
        try await one.run("tame") { first in
            let moin = PluginConfiguration(name: "tame", config: ["greeting": "moin"])
            try await two.run(plugins: [moin]) { second in
                async let hello = first.call("tame.greet")
                async let other = second.call("tame.greet")
                let greetings = try await [hello, other]
                #expect(greetings.map { $0["greeting"] } == ["hello you", "moin you"])
            }
            #expect(try await first.call("system.ping") == ["pong": true])
        }
    }

    @Test func `a stopped platform is not kept in memory`() async throws {
        let fixture = try PlatformFixture()
        var platform: Platform? = try await Platform.start(
            fixture.options([.init(name: "tame")]))
        weak let registry = platform?.registry
        weak let host = platform?.plugins
        weak let weakPlatform = platform
        await platform?.stop()
        platform = nil
        #expect(weakPlatform == nil)
        #expect(registry == nil)
        #expect(host == nil)
    }

    @Test func `a plugin's recurring work runs while the platform does`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame") { _ in
            await fixture.time.advance(by: .seconds(10))
            while !fixture.deeds.contains("tame: fed") { await Task.yield() }
        }
    }

    // MARK: - The core's methods

    @Test func `every answer has the members that its schema promises`() async throws {
        try await PlatformFixture().run("tame", "plain") { platform in
            let document = try await platform.call("rpc.discover")
            #expect(OpenRPCRules.complaints(about: document) == [])
            let params: [String: JSON] = [
                "plugin.get": ["plugin": "tame"], "link.list": ["ref": "tame:1"],
                "search.query": ["text": "hay"],
            ]
            let callable = [
                "system.ping", "system.info", "system.stats", "plugin.list", "plugin.get",
                "event.read", "audit.list", "link.list", "search.query", "tame.greet",
            ]
            for name in callable {
                let answer = try await platform.call(name, params[name])
                let method = document["methods"]?.array?.first { $0["name"]?.string == name }
                let schema = try #require(method?["result"]?["schema"])
                #expect(SchemaCheck.complaints(about: answer, against: schema, at: name) == [])
            }
        }
    }

    @Test func `system.info says what runs`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame") { platform in
            await fixture.time.advance(by: .seconds(3))
            let info = try await platform.call("system.info")
            #expect(info["version"] == "1.2.3")
            #expect(info["uptime_ms"] == 3000)
            #expect(info["started_at"] == "2026-01-01T00:00:00.000Z")
            #expect(info["data_directory"]?.string == fixture.folder.folder)
            #expect(info["plugins"] == [["name": "tame", "state": "running"]])
            #expect(info["hostname"]?.string?.isEmpty == false)
            #expect(info["libraries"]?["sqlite"]?.string?.hasPrefix("3.") == true)
        }
    }

    @Test func `system.stats counts`() async throws {
        try await PlatformFixture().run("tame") { platform in
            platform.addStatistics(of: "socket") { ["connections": 2] }
            let before = try await platform.call("system.stats")
            _ = try await platform.call("system.ping")
            let after = try await platform.call("system.stats")
            #expect((after["calls"]?.int ?? 0) == (before["calls"]?.int ?? 0) + 2)
            #expect(after["last_event_seq"] == 1)
            #expect(after["rss_bytes"]?.int ?? 0 > 1_000_000)
            #expect(after["transports"] == ["socket": ["connections": 2]])
            #expect(after["store"]?["commits"]?.int ?? 0 > 0)
        }
    }

    @Test func `plugin.list shows the plugins and plugin.get one of them`() async throws {
        try await PlatformFixture().run("tame", "plain") { platform in
            let list = try await platform.call("plugin.list")["items"]?.array ?? []
            #expect(list.map { $0["name"] } == ["tame", "plain"])
            let tame = try await platform.call("plugin.get", ["tame"])
            #expect(tame == list.first)
            #expect(tame["version"] == "1.2")
            #expect(tame["methods"] == ["tame.greet"])
            #expect(tame["events"] == ["tame.started"])
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("plugin.get", ["tmae"])
            }
            #expect(error?.kind == "not_found")
            #expect(error?.hint?.contains("tame") == true)
        }
    }

    @Test func `audit.list shows who did what, newest first, page by page`() async throws {
        try await PlatformFixture().run { platform in
            for number in 1...5 {
                try await platform.store.write(
                    as: Principal(number % 2 == 0 ? "uid:2" : "uid:1"), reason: "because"
                ) {
                    try $0.audit("thing.touch", Ref("thing", number), before: nil, after: ["n": 1])
                }
            }
            var (seen, cursor): ([String], JSON?) = ([], nil)
            repeat {
                var params: JSON.Object = ["limit": 2, "principal": "uid:1"]
                params["cursor"] = cursor
                let page = try await platform.call("audit.list", .object(params))
                seen += (page["items"]?.array ?? []).compactMap { $0["ref"]?.string }
                cursor = page["next_cursor"]
            } while cursor != nil
            #expect(seen == ["thing:5", "thing:3", "thing:1"])
            let one = try await platform.call("audit.list", ["ref": "thing:4"])["items"]?[0]
            #expect(one?["principal"] == "uid:2")
            #expect(one?["reason"] == "because")
            #expect(one?["action"] == "thing.touch")
            #expect(one?["after"] == ["n": 1])
            await #expect(throws: RPCError.self) {
                try await platform.call("audit.list", ["cursor": "x"])
            }
        }
    }

    @Test func `link.list and search.query show what plugins tied and indexed`() async throws {
        try await PlatformFixture().run("tame") { platform in
            for ref in ["tame:1", "plain:1"] {
                let links = try await platform.call("link.list", ["ref": .string(ref)])["items"]
                #expect(links?.array?.count == 1)
                #expect(links?[0]?["from"] == "tame:1")
                #expect(links?[0]?["relation"] == "lives_with")
                #expect(links?[0]?["to"] == "plain:1")
            }
            let none: JSON = ["ref": "tame:1", "relation": "eats"]
            #expect(try await platform.call("link.list", none)["items"] == [])
            let hits = try await platform.call("search.query", ["ha*"])
            #expect(hits["total"] == 1)
            #expect(hits["items"]?[0]?["ref"] == "tame:1")
            #expect(hits["items"]?[0]?["title"] == "Tame animal")
            #expect(try await platform.call("search.query", ["meat"])["total"] == 0)
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("search.query", ["text": "hay", "cursor": "bad cursor"])
            }
            #expect(error?.kind == "invalid_params")
        }
    }

    // MARK: - Reloading

    @Test func `system.reload reads the configuration anew and leaves an audit row`()
        async throws
    {
        let fixture = try PlatformFixture()
        try await fixture.run("tame", "plain") { platform in
            let moin = PluginConfiguration(name: "tame", config: ["greeting": "moin"])
            fixture.file.withLock {
                $0 = Configuration(plugins: [moin, .init(name: "plain")])
            }
            let answer = try await platform.call("system.reload", as: Principal("uid:5"))
            #expect(answer == ["plugins": ["tame": "applied", "plain": "unchanged"]])
            #expect(try await platform.call("tame.greet") == ["greeting": "moin you"])
            let audit = try await platform.call("audit.list", ["principal": "uid:5"])["items"]
            #expect(audit?[0]?["action"] == "reload")
        }
    }

    @Test func `a reload of a wrong configuration says what is wrong`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame") { platform in
            let bad = PluginConfiguration(name: "tame", config: ["times": 9])
            fixture.file.withLock { $0 = Configuration(plugins: [bad]) }
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("system.reload")
            }
            #expect(error?.kind == "invalid_params")
            #expect(error?.message == "tame: times must be 1 to 3, not 9 (found 9)")
        }
    }

    @Test func `a plugin that fails to reload is named without its insides`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("refuses_reload") { platform in
            let red = PluginConfiguration(name: "refuses_reload", config: ["colour": "red"])
            fixture.file.withLock { $0 = Configuration(plugins: [red]) }
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("system.reload")
            }
            #expect(error?.kind == "internal_error")
            #expect(
                error?.message
                    == "Everything was reloaded but refuses_reload, which failed; the log says why."
            )
            #expect(fixture.log.entries.contains { $0.contains("error=Refusal()") })
        }
    }

    // MARK: - Housekeeping

    @Test func `what goes is the beginning of the log, never a hole in it`() async throws {
        try await PlatformFixture().run { platform in
            for (number, age) in [100, 10, 100, 10].enumerated() {
                try await platform.store.writeUnaudited { transaction in
                    try transaction.announce("a.b", nil, [:])
                    try transaction.execute(
                        "UPDATE event SET at = at - ? WHERE seq = ?", age * 86_400_000, number + 1)
                }
            }
            try await Housekeeping(platform).pruneEvents()
            let page = try await platform.call("event.read", ["from_seq": 0])
            #expect(page["items"]?.array?.map { $0["seq"] } == [2, 3, 4])
        }
    }

    @Test func `a great many events go piece by piece`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run { platform in
            try await platform.store.writeUnaudited { transaction in
                for _ in 1...10_001 { try transaction.announce("a.b", nil, [:]) }
            }
            fixture.time.stepWallClock(by: .seconds(91 * 86_400))
            try await platform.store.writeUnaudited { try $0.announce("a.b", nil, [:]) }
            try await Housekeeping(platform).pruneEvents()
            let page = try await platform.call("event.read", ["from_seq": 0])
            #expect(page["items"]?.array?.map { $0["seq"] } == [10_002])
        }
    }

    @Test func `who waits for an event is answered when the platform stops`() async throws {
        let waiting = Promise<JSON?>()
        try await PlatformFixture().run { platform in
            Task { waiting.keep(try? await platform.call("event.read", ["wait_ms": 60_000])) }
            while platform.events.subscriptionCount == 0 { try await platform.loop.perform {} }
        }
        _ = await waiting.value
    }

    @Test func `results of keyed calls go after a day, by the schedule`() async throws {
        let fixture = try PlatformFixture()
        fixture.file.withLock { $0 = Configuration(plugins: []) }
        try await fixture.run { platform in
            let params: JSON = ["_meta": ["idempotency_key": "k"]]
            _ = try await platform.call("system.reload", params)
            await fixture.time.advance(by: .seconds(86_000))
            #expect(try await platform.store.count("call_result") == 1)
            // The schedule's work runs beside the clock.
            while try await platform.store.count("call_result") > 0 {
                await fixture.time.advance(by: .seconds(600))
            }
        }
    }

    @Test func `events go when their time is over`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run("tame") { platform in
            fixture.time.stepWallClock(by: .seconds(91 * 86_400))
            try await Housekeeping(platform).pruneEvents()
            #expect(try await platform.call("event.read")["items"] == [])
            #expect(platform.events.lastSequence == 1)
        }
        try await fixture.run("tame") { platform in
            let events = try await platform.call("event.read")
            #expect(events["items"]?[0]?["seq"] == 2)
        }
    }
}
