import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

/// Plugins that behave badly; after each, everybody else works as before.
@Suite(.serialized) struct PluginZooTests {
    private typealias Fixture = ExternalFixture

    /// Lets a plugin do its worst beside a good one, and sees that the platform does not mind.
    private func survive(
        _ entry: PluginConfiguration, _ fixture: ExternalFixture,
        _ worst: (Platform) async throws -> Void
    ) async throws {
        try await fixture.run(try Fixture.animal("dog"), entry) { platform in
            async let pings = slowest(platform)
            try await worst(platform)
            // Far above what it takes, far below what a blocked loop would; the bench has figures.
            #expect(try await pings < .milliseconds(500))
            let found1 = try await platform.call("dog.echo", ["a": 1])
            #expect(found1 == ["a": 1])
            let found2 = try await platform.call("system.ping")
            #expect(found2 == ["pong": true])
            let value1 = try await platform.state("dog")
            #expect(value1 == "running")
        }
    }

    /// How long the slowest but two of a few hundred calls took.
    private func slowest(_ platform: Platform) async throws -> Duration {
        var durations: [Duration] = []
        for _ in 0..<300 {
            let start = ContinuousClock.now
            _ = try await platform.call("system.ping")
            durations.append(ContinuousClock.now - start)
            await Task.yield()
        }
        return durations.sorted().dropLast(2).last ?? .zero
    }

    private func spew(
        _ what: String, _ count: Int = 1, _ fixture: ExternalFixture,
        then: (Platform) async throws -> Void
    ) async throws {
        try await survive(try Fixture.animal(), fixture) { platform in
            _ = await platform.error(
                "cat.spew", ["what": .string(what), "count": .number(.init(count))])
            try await then(platform)
        }
    }

    private func works(_ platform: Platform) async throws {
        let found3 = try await platform.call("cat.echo", ["a": 1])
        #expect(found3 == ["a": 1])
        let value2 = try await platform.call("plugin.get", ["plugin": "cat"])["restarts"]
        #expect(value2 == 0)
    }

    @Test func `some garbage is logged`() async throws {
        let fixture = try Fixture()
        try await spew("garbage", 10, fixture, then: works)
        #expect(fixture.has("this is not JSON"))
    }

    @Test func `a lot of garbage starts it anew`() async throws {
        let fixture = try Fixture()
        try await spew("garbage", 50, fixture) { platform in
            await fixture.logged("ended: it wrote 20 bad lines within")
            await fixture.logged("info: started", times: 3)
            let found4 = try await platform.call("cat.echo", ["a": 1])
            #expect(found4 == ["a": 1])
        }
    }

    @Test func `print does not harm`() async throws {
        let fixture = try Fixture()
        try await survive(try Fixture.animal("cat", ["prints"]), fixture, works)
        #expect(fixture.has("Hello, I am starting!"))
    }

    @Test func `a flood of notifications`() async throws {
        let fixture = try Fixture()
        try await spew("flood", 10_000, fixture) { platform in
            try await works(platform)
            let lines = try await platform.call("plugin.logs", ["plugin": "cat", "limit": 1000])
            #expect(lines["items"]?.array?.count == 1000)
            #expect(fixture.log.entries.count < 3000)
        }
    }

    @Test func `a flood of requests`() async throws {
        let fixture = try Fixture()
        try await spew("requests", 10_000, fixture, then: works)
    }

    @Test func `a line of a gigabyte`() async throws {
        let fixture = try Fixture()
        try await spew("large", 1024, fixture, then: works)
        #expect(fixture.has("wrote a line of more than 4194304 bytes"))
    }

    @Test(arguments: ["deep", "stray", "batch", "same_id"])
    func `odd messages`(what: String) async throws {
        let fixture = try Fixture()
        try await spew(what, 1, fixture, then: works)
    }

    @Test func `an answer that comes twice counts once`() async throws {
        let fixture = try Fixture()
        try await survive(try Fixture.animal(), fixture) { platform in
            let result = try await platform.call("cat.spew", ["what": "twice"])
            #expect(result == ["first": true])
            try await works(platform)
        }
    }

    @Test func `half a line and death`() async throws {
        let fixture = try Fixture()
        try await spew("half", 1, fixture) { _ in
            await fixture.logged("ended in the middle of a line")
            await fixture.logged("ended: it ended with status 0")
        }
    }

    @Test func `a program that stands still`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal {
            $0.policy = try Fixture.policy(["call_timeout_ms": 100, "stop_timeout_ms": 100])
        }
        try await survive(entry, fixture) { platform in
            kill(try await platform.pid(), SIGSTOP)
            let text = String(repeating: "x", count: 100_000)
            for _ in 0..<3 {
                let error = await platform.error("cat.echo", ["text": .string(text)])
                #expect(error?.kind == "deadline_exceeded")
            }
        }
    }

    @Test func `one that ends at once, every time`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal("cat", ["exits", "status=3"], onFailure: .degrade)
        try await survive(entry, fixture) { platform in
            await fixture.logged("it was started too often and is given up")
            let value3 = try await platform.state()
            #expect(value3 == "failed")
        }
    }

    @Test func `one that eats memory`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal {
            $0.policy = try Fixture.policy(["max_rss_bytes": 67_108_864])
        }
        try await survive(entry, fixture) { platform in
            _ = await platform.error("cat.spew", ["what": "memory"])
            await fixture.logged("bytes of memory; max_rss_bytes is 67108864")
        }
    }

    @Test func `one that forks leaves nobody behind when it dies`() async throws {
        let fixture = try Fixture()
        try await survive(try Fixture.animal("cat", ["forks"]), fixture) { platform in
            let pid = try await platform.pid()
            kill(pid, SIGKILL)
            await fixture.logged("info: started", times: 3)
            while try !Fixture.living(group: pid).isEmpty { await Task.yield() }
        }
    }

    @Test func `one that forks without end is stopped with all of its children`() async throws {
        let fixture = try Fixture()
        try await survive(try Fixture.animal(), fixture) { platform in
            let pid = try await platform.pid()
            _ = try await platform.call("cat.spew", ["what": "forks", "count": 255])
            while try Fixture.living(group: pid).count < 256 { await Task.yield() }
            #expect(try await platform.call("cat.echo", ["a": 1]) == ["a": 1])
            try await disappears(pid, from: platform)
        }
    }

    @Test func `one whose child is another one each time is stopped as well`() async throws {
        let fixture = try Fixture()
        try await survive(try Fixture.animal(), fixture) { platform in
            let pid = try await platform.pid()
            _ = try await platform.call("cat.spew", ["what": "runs_on"])
            try await disappears(pid, from: platform)
        }
    }

    /// Has the plugin started anew, and sees that nobody of its group is left.
    private func disappears(_ pid: pid_t, from platform: Platform) async throws {
        _ = try await platform.call("plugin.restart", ["plugin": "cat"])
        while try !Fixture.living(group: pid).isEmpty { await Task.yield() }
        let anew = try await platform.pid()
        #expect(anew != pid)
        #expect(try await platform.call("cat.echo", ["a": 1]) == ["a": 1])
    }

    @Test func `one that hangs in stop, one that steals, one that throws`() async throws {
        let fixture = try Fixture()
        let names = ["hangs_in_stop", "steals", "throws_in_start", "hangs_in_start"]
        let entries = try names.enumerated().map { number, how in
            try Fixture.animal("cat\(number)", [how], onFailure: .degrade) {
                $0.policy = try Fixture.policy([
                    "start_timeout_ms": 200, "stop_timeout_ms": 100, "restart": ["mode": "never"],
                ])
            }
        }
        let platform = try await Platform.start(
            fixture.options([try Fixture.animal("dog")] + entries))
        #expect(try await slowest(platform) < .milliseconds(500))
        let found5 = try await platform.call("dog.echo", ["a": 1])
        #expect(found5 == ["a": 1])
        let value4 = try await platform.state("cat0")
        #expect(value4 == "running")
        for name in ["cat1", "cat2", "cat3"] {
            let value5 = try await platform.state(name)
            #expect(value5 == "failed")
        }
        await platform.stop()
    }
}
