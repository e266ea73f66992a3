import OpsJSONRPC
import Testing

@testable import OpsCore

/// What plugins add to pages about records, and what becomes of those that do not.
@Suite struct ContributionTests {
    private func narrator(
        _ way: NarratorPlugin.Way = .tells,
        _ onFailure: PluginConfiguration.OnFailure = .abortStart
    ) -> PluginConfiguration {
        PluginConfiguration(
            name: "narrator", onFailure: onFailure, config: ["way": .string(way.rawValue)])
    }

    private func page(
        _ platform: Platform, _ refs: JSON = ["ci:1"], access: (any Access)? = nil
    ) async throws -> Contributions {
        try await platform.dispatcher.call(
            "record.context", ["refs": refs], as: .system, access: access
        ).decode(Contributions.self)
    }

    @Test func `a page has what the plugins say about its records`() async throws {
        try await PlatformFixture().run(plugins: [narrator()]) { platform in
            let page = try await page(platform, ["ci:1", "vendor:2", "ci:3"])
            #expect(page.missing.map(\.plugin) == ["braggart"])
            #expect(page.items.map(\.plugin) == ["narrator", "narrator"])
            #expect(page.items.map(\.subject) == [Ref("ci", 1), Ref("ci", 3)])
            #expect(page.items.first?.lines == [.init("there was ci:1")])
        }
    }

    @Test func `nobody is asked about records that are not his business`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [narrator(.fails)]) { platform in
            let page = try await page(platform, ["vendor:2"])
            #expect(page == Contributions(items: [], missing: []))
            #expect(!fixture.deeds.contains { $0.contains("asked") })
        }
    }

    @Test func `a plugin that is not switched on is named`() async throws {
        try await PlatformFixture().run("plain") { platform in
            let page = try await page(platform)
            #expect(page.items == [])
            let gap = try #require(page.missing.first { $0.plugin == "narrator" })
            #expect(gap.reason == .disabled && gap.sections == ["story"])
        }
    }

    @Test func `a plugin that did not start is named with the reason`() async throws {
        try await PlatformFixture().run(plugins: [narrator(.failsInStart, .degrade)]) { platform in
            let gap = try #require(
                try await page(platform).missing.first { $0.plugin == "narrator" })
            #expect(gap.reason == .notRunning)
            #expect(gap.message.contains("Refusal"))
        }
    }

    @Test func `a plugin that fails is named and harms nobody`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [narrator(.fails)]) { platform in
            let gap = try #require(
                try await page(platform).missing.first { $0.plugin == "narrator" })
            #expect(gap.reason == .failed)
            #expect(!gap.message.contains("Refusal"), "what it failed with stands in the log")
            #expect(fixture.log.entries.contains { $0.contains("Refusal") })
        }
    }

    @Test func `a plugin that is late is named and no longer waited for`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [narrator(.hangs)]) { platform in
            let before = fixture.time.timerCount
            async let page = page(platform)
            while fixture.time.timerCount <= before { await Task.yield() }
            await fixture.time.advance(by: .seconds(2))
            let gap = try #require(try await page.missing.first { $0.plugin == "narrator" })
            #expect(gap.reason == .late)
            #expect(gap.message == "It did not answer within 2000 ms.")
        }
    }

    @Test func `what was not asked for is left out`() async throws {
        try await PlatformFixture().run(plugins: [narrator(.strays)]) { platform in
            let page = try await page(platform)
            #expect(page.items.map(\.title) == ["Once upon a time"])
        }
    }

    @Test func `a flood is cut, and the page says how much is missing`() async throws {
        try await PlatformFixture().run(plugins: [narrator(.rambles)]) { platform in
            let page = try await page(platform)
            #expect(page.items.count == 100)
            #expect(page.items.allSatisfy { $0.lines.count == 100 && $0.more == 55 })
        }
    }

    @Test func `a part is seen by who may call the method that shows the same`() async throws {
        struct Only: Access {
            let method: String
            func refusal(_ attempt: AccessAttempt) -> RPCError? {
                attempt.method == method ? nil : .forbidden("no")
            }
        }
        try await PlatformFixture().run(plugins: [narrator()]) { platform in
            let page = try await page(platform, access: Only(method: "record.context"))
            #expect(page.items == [])
            let gap = try #require(page.missing.first { $0.plugin == "narrator" })
            #expect(gap.reason == .forbidden && gap.sections == ["story"])
        }
    }

    @Test func `who asks is not asked itself`() async throws {
        let fixture = try PlatformFixture()
        try await fixture.run(plugins: [narrator()]) { platform in
            let page = try await platform.call("narrator.gather", ["refs": ["ci:1"]])
                .decode(Contributions.self)
            #expect(page.items == [])
            #expect(page.missing.map(\.plugin) == ["braggart"])
            #expect(!fixture.deeds.contains { $0.contains("asked") })
        }
    }

    @Test func `who declares a part and does not contribute does not start`() async throws {
        let error = await (try PlatformFixture()).failure([PluginConfiguration(name: "braggart")])
        #expect((error as? PluginError)?.message.contains("which is not its own") == true)
    }

    @Test func `a page is about some records, but not about too many`() async throws {
        try await PlatformFixture().run(plugins: [narrator()]) { platform in
            for count in [0, 101] {
                let refs = (0..<count).map { JSON.string("ci:\($0 + 1)") }
                let error = await #expect(throws: RPCError.self) {
                    _ = try await page(platform, .array(refs))
                }
                #expect(error?.fields.first?.path == "refs")
            }
        }
    }
}

/// The same, of plugins that are programs.
@Suite struct ExternalContributionTests {
    private typealias Fixture = ExternalFixture

    private static func teller(
        _ how: [String] = [], method: String = "cat.echo", timeoutMs: Int = 5000
    ) throws -> PluginConfiguration {
        let parts =
            #"contributions=[{"section":"tale","nouns":["ci"],"method":""# + method + #""}]"#
        return try Fixture.animal("cat", how + [parts]) {
            $0.policy = try Fixture.policy([
                "contribution_timeout_ms": .number(.init(timeoutMs)), "restart": ["initial_ms": 1],
            ])
        }
    }

    private func page(
        _ entry: PluginConfiguration, _ check: (Contributions, Platform) async throws -> Void
    ) async throws {
        try await (try Fixture()).run(entry) { platform in
            let page = try await platform.call("record.context", ["refs": ["ci:1", "dog:2"]])
                .decode(Contributions.self)
            try await check(page, platform)
        }
    }

    @Test func `a program contributes as a plugin of the house does`() async throws {
        try await page(try Self.teller()) { page, _ in
            let item = try #require(page.items.first)
            #expect(page.items.count == 1 && item.plugin == "cat" && item.subject == Ref("ci", 1))
            #expect(item.title == "tale of ci:1")
            #expect(item.lines == [.init("system", ref: Ref("ci", 1), data: ["n": 1])])
        }
    }

    @Test(arguments: ["fails_in_contribute", "dies_in_contribute"])
    func `a program that fails is named`(how: String) async throws {
        try await page(try Self.teller([how])) { page, _ in
            let gap = try #require(page.missing.first { $0.plugin == "cat" })
            #expect(page.items == [] && gap.reason == .failed)
        }
    }

    @Test func `a program that is late is named`() async throws {
        try await page(try Self.teller(["hangs_in_contribute"], timeoutMs: 50)) { page, platform in
            let gap = try #require(page.missing.first { $0.plugin == "cat" })
            #expect(gap.reason == .late)
            let answer = try await platform.call("cat.echo", ["a": 1])
            #expect(answer == ["a": 1], "it goes on")
        }
    }

    @Test(arguments: [
        #"[{"subject":"ci:1","section":"tale"}]"#, #"[{"section":"tale","title":"x"}]"#,
        #"[{"subject":"ci:1","section":"tale","title":"x","lines":[{}]}]"#, #"["x"]"#, #"7"#,
    ])
    func `an answer that is none is refused`(items: String) async throws {
        try await page(try Self.teller(["items=" + items])) { page, _ in
            let gap = try #require(page.missing.first { $0.plugin == "cat" })
            #expect(page.items == [] && gap.reason == .failed)
            #expect(gap.message.contains("items"))
        }
    }

    @Test func `a part is seen like a method of the program's own`() async throws {
        let failure = await (try Fixture()).failure(try Self.teller(method: "dog.echo"))
        #expect(failure?.message.contains("contributions[0].method") == true)
    }
}
