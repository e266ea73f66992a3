import Foundation
import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct ExternalLifeTests {
    private typealias Fixture = ExternalFixture

    // MARK: - Start

    @Test(arguments: [
        (["exits_at_once"], "plugin.describe failed: it ended with status 3"),
        (["called=dog"], "the program calls itself dog"),
        (["protocol=7"], "speaks the protocol [7], this host [1]"),
        (["throws_in_start"], "plugin.start failed: no mood"),
        (["dies_in_start"], "plugin.start failed: it was ended by signal 9"),
        (["steals"], "methods[14].name must begin with cat."),
        (["steals_noun"], "methods[14].name must begin with cat."),
        (["asks_in_describe"], "plugin.describe failed: The plugin has not been started yet."),
        (["methods=501"], "methods has 515 elements; 500 are allowed"),
        (
            ["events=" + Array(repeating: "cat.purred", count: 501).joined(separator: ",")],
            "events has 501 elements; 500 are allowed"
        ),
        (["methods=2"], "methods[15].name stands twice"),
        (["manifest=[]"], "its manifest is wrong: must be an object"),
        ([#"manifest={"protocol":[1]}"#], "name is required"),
        ([#"hooks=[{"name":"tame.*"}]"#], "hooks[0].name must be one name, not the pattern tame.*"),
        (["events=cat.purred,cat.*"], "events[1].topic must be one name, not the pattern cat.*"),
        ([#"requires={"call":["ticket.get"]}"#], "grants.call ticket.get"),
        (["events=cat.purred"], "grants.emit cat.purred"),
        ([#"requires={"store":true}"#], "grants.store true"),
        ([#"requires={"host":">=9"}"#], "wants the host >=9, this is 0.2.0"),
        ([#"hooks=[{"name":"tame.before_greet"}]"#], "grants.hooks tame.before_greet"),
        ([#"schema={"type":"object","required":["colour"]}"#], "colour is required"),
    ])
    func `a plugin that can't run stops the start and says why`(
        how: [String], reason: String
    ) async throws {
        let error = await (try Fixture()).failure(try Fixture.animal("cat", how))
        #expect(error?.plugin == "cat")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "it has started")")
    }

    @Test func `a program that is not there stops the start`() async throws {
        var entry = try Fixture.animal()
        entry.exec = ["/nowhere/cat"]
        #expect(await (try Fixture()).failure(entry)?.code == .startFailed)
    }

    @Test func `its settings are checked by the plugin, key by key`() async throws {
        let entry = try Fixture.animal("cat", ["validate"], config: ["colour": "octarine"])
        let error = await (try Fixture()).failure(entry)
        #expect(error?.message == #"colour can't be seen (found "octarine")"#)
    }

    @Test func `a start that takes too long is ended`() async throws {
        let entry = try Fixture.animal("cat", ["hangs_in_start"]) {
            $0.policy = try Fixture.policy(["start_timeout_ms": 100, "stop_timeout_ms": 100])
        }
        let error = await (try Fixture()).failure(entry)
        #expect(error?.message.contains("within 100 ms") == true)
    }

    @Test func `the file must be the one that is meant`() async throws {
        var entry = try Fixture.animal()
        entry.sha256 = String(repeating: "0", count: 64)
        let error = await (try Fixture()).failure(entry)
        #expect(error?.message.contains("sha256: /usr/bin/env has") == true)
        let found = try #require(error?.message.split(separator: " ").first { $0.count == 65 })
        entry.sha256 = String(found.dropLast())
        let fixture = try Fixture()
        try await fixture.run(entry) { platform in
            let state = try await platform.state()
            #expect(state == "running")
        }
    }

    @Test func `the host answers the plugin while it starts`() async throws {
        let entry = try Fixture.animal(
            "cat", ["calls_in_start", #"requires={"call":["system.ping"]}"#],
            grants: try Fixture.grants(["call": ["system.*"]]))
        try await (try Fixture()).run(entry) { platform in
            let found1 = try await platform.call("cat.told")["told"]
            #expect(found1 == [["pong": true]])
        }
    }

    @Test func `a plugin that does not want to run is disabled`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal("cat", ["disable=no fish here"])) { platform in
            let status = try await platform.call("plugin.get", ["plugin": "cat"])
            #expect(status["state"] == "disabled")
            #expect(status["error"] == "no fish here")
        }
    }

    @Test func `it has a clean environment, its variables and its secrets, which are not logged`()
        async throws
    {
        let fixture = try Fixture()
        let file = fixture.folder.folder + "/secret"
        try Data("hush-hush\n".utf8).write(to: URL(filePath: file))
        setenv("OPSLOOP_TEST_LEAK", "1", 1)
        let entry = try Fixture.animal {
            $0.environment = ["COLOUR": "red"]
            $0.environmentFiles = ["SECRET": file]
        }
        try await fixture.run(entry) { platform in
            let variables = try await platform.call("cat.pid")["env"]
            #expect(variables?["COLOUR"] == "red")
            #expect(variables?["SECRET"] == "hush-hush")
            #expect(variables?["OPSLOOP_TEST_LEAK"] == nil)
            _ = try await platform.call("cat.spew", ["what": "stderr"])
            await fixture.logged("secret=(secret)")
            let lines = try await platform.call("plugin.logs", ["plugin": "cat"])["items"]?.array
            #expect(lines?.contains { $0["message"] == "secret=(secret)" } == true)
            #expect(
                lines?.contains { $0["level"] == "warning" && $0["message"] == "a warning" } == true
            )
            #expect(
                lines?.contains { $0["level"] == "info" && $0["message"] == "plain words" } == true)
        }
        #expect(!fixture.has("hush-hush"))
    }

    // MARK: - Death

    @Test func `a plugin that dies is started again`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            let first = try await platform.pid()
            kill(first, SIGKILL)
            await fixture.logged("info: started", times: 2)
            let status = try await platform.call("plugin.get", ["plugin": "cat"])
            #expect(status["pid"]?.int != Int(first))
            #expect(status["restarts"] == 1)
            let found2 = try await platform.call("cat.echo", ["a": 1])
            #expect(found2 == ["a": 1])
        }
        #expect(fixture.has("ended: it was ended by signal 9"))
    }

    @Test func `a call that must not be repeated is answered once when the plugin dies`()
        async throws
    {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            let pid = try await platform.pid()
            async let error = platform.error("cat.slow", [:])
            while try await platform.call("plugin.get", ["plugin": "cat"])["in_flight"] == 0 {
                await Task.yield()
            }
            kill(pid, SIGKILL)
            #expect(await error?.kind == "plugin_terminated")
            #expect(await error?.retryable == false)
        }
    }

    @Test func `a call that may be repeated is, once`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            // It dies of the second attempt as well.
            let error = await platform.error("cat.die", [:])
            #expect(error?.kind == "plugin_terminated")
            #expect(error?.retryable == true)
            await fixture.logged("info: started", times: 3)
            let value1 = try await platform.state()
            #expect(value1 == "running")
        }
    }

    @Test func `a plugin that keeps dying is given up, and taken up again when asked for`()
        async throws
    {
        let fixture = try Fixture()
        let file = fixture.folder.folder + "/there"
        let entry = try Fixture.animal(
            "cat", ["fails_without"], config: ["file": .string(file)], onFailure: .degrade
        ) {
            $0.policy = try Fixture.policy([
                "restart": ["initial_ms": 1, "max_ms": 2, "max_in_window": 3]
            ])
        }
        try await fixture.run(entry) { platform in
            await fixture.logged("error: failed: plugin.start failed: the file is not there")
            let value2 = try await platform.state()
            #expect(value2 == "failed")
            let error = await platform.error("cat.echo", [:])
            #expect(error?.kind == "plugin_unavailable")
            #expect(error?.hint == "`opsloop plugin restart cat` starts it again.")
            try Data().write(to: URL(filePath: file))
            let status = try await platform.call("plugin.restart", ["plugin": "cat"])
            #expect(status["state"] == "running")
            let found3 = try await platform.call("cat.echo", ["a": 1])
            #expect(found3 == ["a": 1])
        }
        #expect(fixture.log.entries.count { $0.contains("did not start") } == 3)
    }

    @Test func `an end without a failure is the end, if the operator says so`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            _ = await platform.error("cat.spew", ["what": "half"])
            await fixture.logged("ended: it ended with status 0")
            let value3 = try await platform.state()
            #expect(value3 == "stopped")
        }
    }

    @Test func `a plugin whose health is bad is started anew`() async throws {
        let fixture = try Fixture()
        let time = ManualTime()
        var options = fixture.options([try Fixture.animal("cat", ["health", "unwell"])])
        options.time = time
        let platform = try await Platform.start(options)
        for count in 1...3 {
            await time.advance(by: .seconds(10))
            await fixture.logged("the plugin's health: a headache", times: count)
            // What follows the line on the loop has happened then, such as the next timer.
            try await platform.loop.perform {}
        }
        await fixture.logged("ended: 3 times in a row its health was: a headache")
        try await platform.loop.perform {}
        await time.advance(by: .seconds(1))
        await fixture.logged("info: started", times: 2)
        await platform.stop()
    }

    @Test func `a plugin that takes too much memory is started anew`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal {
            $0.policy = try Fixture.policy([
                "max_rss_bytes": 67_108_864, "restart": ["initial_ms": 1],
            ])
        }
        try await fixture.run(entry) { platform in
            _ = await platform.error("cat.spew", ["what": "memory"])
            await fixture.logged("bytes of memory; max_rss_bytes is 67108864")
            await fixture.logged("info: started", times: 2)
        }
    }

    // MARK: - Stop

    @Test func `a plugin that does not stop is killed, its children too`() async throws {
        let fixture = try Fixture()
        let entry = try Fixture.animal("cat", ["hangs_in_stop", "forks"]) {
            $0.policy = try Fixture.policy(["stop_timeout_ms": 50])
        }
        var pid: pid_t = 0
        try await fixture.run(entry) { pid = try await $0.pid() }
        #expect(try Fixture.living(group: pid) == [])
        #expect(fixture.has("it gets SIGTERM"))
    }

    @Test func `calls under way are answered when the plugin stops`() async throws {
        let fixture = try Fixture()
        let platform = try await Platform.start(fixture.options([try Fixture.animal()]))
        async let error = platform.error("cat.hang", [:])
        while try await platform.call("plugin.get", ["plugin": "cat"])["in_flight"] == 0 {
            await Task.yield()
        }
        await platform.stop()
        #expect(await error?.kind == "plugin_terminated")
    }

    @Test func `what an earlier daemon has left behind is ended, and nobody else`() async throws {
        let folder = try StoreFolder()
        let ledger = ProcessLedger(folder: folder.folder, logger: StoreFolder.logger)
        try await withLoop { loop in
            let request = ProcessRequest(arguments: ["/usr/bin/env", "sleep", "600"])
            let processes = try await loop.perform {
                try (0..<2).map { _ in try LiveProcess(request, on: loop) }
            }
            ledger.record("left", processes[0].processID)
            ledger.record("other", processes[1].processID)
            // The number of the second belongs to somebody else by now, as far as can be told.
            let path = folder.folder + "/other.process"
            let words = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")
            try "\(words[0]) 1 \(words[2])".write(toFile: path, atomically: false, encoding: .utf8)
            let ended = Promise<ProcessResult.Ending>()
            try await loop.perform {
                processes[0].listen(
                    .init(onOutput: { _ in }, onErrorOutput: { _ in }, onEnd: { ended.keep($0) }))
            }
            #expect(ledger.reap() == ["left"])
            #expect(await ended.value == .signalled(SIGKILL))
            #expect(ProcessEntry(processes[1].processID)?.isZombie == false)
            #expect(!folder.exists("left.process") && !folder.exists("other.process"))
        }
    }

    // MARK: - Reload, check

    private func reload(
        _ platform: Platform, _ entry: PluginConfiguration
    ) async throws -> PluginHost.Reloaded? {
        try await platform.reload(Configuration(plugins: [entry]))["cat"]
    }

    @Test func `new settings are taken while it runs, or by a new start`() async throws {
        let fixture = try Fixture()
        let entry = { (colour: JSON) in
            try Fixture.animal("cat", ["reload"], config: ["colour": colour])
        }
        try await fixture.run(try entry("red")) { platform in
            let pid = try await platform.pid()
            let value4 = try await reload(platform, entry("red"))
            #expect(value4 == .unchanged)
            let value5 = try await reload(platform, entry("black"))
            #expect(value5 == .applied)
            let found4 = try await platform.call("cat.pid")["config"]
            #expect(found4 == ["colour": "black"])
            let value6 = try await platform.pid()
            #expect(value6 == pid)
            let value7 = try await reload(platform, entry("green"))
            #expect(value7 == .applied)
            let found5 = try await platform.call("cat.pid")["config"]
            #expect(found5 == ["colour": "green"])
            #expect(try await platform.pid() != pid)
        }
    }

    @Test func `settings that are refused leave the old ones in place`() async throws {
        let fixture = try Fixture()
        let entry = { (colour: JSON) in
            try Fixture.animal("cat", ["validate", "blue_fails"], config: ["colour": colour])
        }
        try await fixture.run(try entry("red")) { platform in
            let pid = try await platform.pid()
            await #expect(throws: PluginError.self) {
                try await reload(platform, entry("octarine"))
            }
            let value8 = try await platform.pid()
            #expect(value8 == pid)
            // This one passes the check and fails in the start.
            await #expect(throws: PluginError.self) { try await reload(platform, entry("blue")) }
            let value9 = try await platform.state()
            #expect(value9 == "running")
            let found6 = try await platform.call("cat.pid")["config"]
            #expect(found6 == ["colour": "red"])
        }
    }

    @Test func `a reload brings plugins and takes them away`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            let dog = try Fixture.animal("dog")
            let outcome = try await platform.reload(Configuration(plugins: [dog]))
            #expect(outcome == ["dog": .applied, "cat": .applied])
            let found7 = try await platform.call("dog.echo", ["a": 1])
            #expect(found7 == ["a": 1])
            #expect(await platform.error("cat.echo")?.kind == "method_not_found")
        }
    }

    @Test func `a check tries the program out beside the one that runs`() async throws {
        let fixture = try Fixture()
        try await fixture.run(try Fixture.animal()) { platform in
            let pid = try await platform.pid()
            let result = try await platform.call("plugin.check", ["plugin": "cat"])
            #expect(result["ok"] == true)
            #expect(result["version"] == "1.0.0")
            let value10 = try await platform.pid()
            #expect(value10 == pid)
        }
    }

    @Test func `a plan is checked without a platform`() async throws {
        let plan = { (entry: PluginConfiguration) in
            try PluginPlan(available: [], configurations: [entry])
        }
        try await PluginCheck.run(
            try plan(try Fixture.animal()), version: "0.2.0", logger: StoreFolder.logger)
        let wrong = try plan(try Fixture.animal("cat", ["called=dog"]))
        await #expect(throws: PluginError.self) {
            try await PluginCheck.run(wrong, version: "0.2.0", logger: StoreFolder.logger)
        }
    }
}
