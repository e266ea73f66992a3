import Glibc
import OpsJSONRPC
import TestClient
import Testing

/// Plugins in other languages behind the real daemon, used by the real command line.
@Suite("Plugins that are programs", .timeLimit(.minutes(3)))
struct PluginProgramTests {
    private static let examples = Programs.repository + "/Examples"

    private static let deploys: JSON = [
        "name": "deploys", "exec": [.string(examples + "/python/deploys.py")],
        "config": ["teams": ["shop-*": "checkout"]],
        "grants": [
            "subscribe": ["check.state_changed"], "emit": ["deploys.*"],
            "hooks": ["check.before_create"], "store": true,
        ],
        "policy": ["restart": ["initial_ms": 1]],
    ]

    private static let disk: JSON = [
        "name": "disk", "exec": [.string(examples + "/shell/disk.sh")],
    ]

    private static let configuration: JSON = [
        "schema": 1,
        "plugins": [
            ["name": "monitoring", "config": ["min_interval_ms": 10]], deploys, disk,
        ],
    ]

    @Test func `a plugin in Python has commands, help and completion like any other`() async throws
    {
        try await Daemon.run(Self.configuration) { daemon in
            let recorded = try await daemon.opsloop(
                "deploys", "record", "shop", "1.4.2", "--by", "ana", "--output", "json")
            #expect(recorded.exit == 0, "\(recorded.errors)")
            #expect(recorded.json["version"] == "1.4.2")
            let list = try await daemon.opsloop("deploys", "list", "--service", "shop")
            #expect(list.output.contains("SERVICE"), "\(list.output)")
            #expect(list.output.contains("1.4.2"))
            let help = try await daemon.opsloop("deploys", "record", "--help")
            #expect(help.output.contains("opsloop deploys record SERVICE VERSION"))
            #expect(help.output.contains("Who did it; the caller when nobody is named."))
            let page = try await daemon.opsloop(
                "record", "context", "check:1", "--output", "json")
            let part = page.json["items"]?.array?.first { $0["plugin"] == "deploys" }
            #expect(part?["title"] == "1 deployments in the last day", "\(page.errors)")
            let words = try await daemon.opsloop("__complete", "deploys", "re")
            #expect(words.output.hasPrefix("record\t"))
            let options = try await daemon.opsloop("__complete", "--", "deploys", "record", "--b")
            #expect(options.output.contains("--by"))
            let wrong = try await daemon.opsloop("call", "deploys.record", "service=shop")
            #expect(wrong.exit == 1)
            #expect(wrong.errors.contains("VERSION"), "\(wrong.errors)")
        }
    }

    @Test func `a plugin that is killed comes back with what it has kept`() async throws {
        try await Daemon.run(Self.configuration) { daemon in
            _ = try await daemon.opsloop("deploys", "record", "shop", "1.4.2")
            let client = try daemon.connect()
            let before = try await client.call("plugin.get", ["plugin": "deploys"])
            let pid = try #require(before["pid"]?.int)
            kill(pid_t(pid), SIGKILL)
            let after = try await plugin("deploys", client) {
                $0["state"] == "running" && $0["pid"] != before["pid"]
            }
            #expect(after["restarts"] == 1)
            let list = try await daemon.opsloop("deploys", "list", "--output", "json")
            #expect(list.json["items"]?[0]?["version"] == "1.4.2", "\(list.errors)")
        }
    }

    @Test func `a dry run changes nothing`() async throws {
        try await Daemon.run(Self.configuration) { daemon in
            let rehearsed = try await daemon.opsloop("deploys", "record", "shop", "2", "--dry-run")
            #expect(rehearsed.exit == 0)
            #expect(rehearsed.errors.contains("dry run: nothing was changed"))
            let list = try await daemon.opsloop("deploys", "list", "--output", "json")
            #expect(list.json["items"] == [])
        }
    }

    @Test func `its hook changes what is created, and its listener hears what fails`() async throws
    {
        try await Daemon.run(Self.configuration) { daemon in
            let client = try daemon.connect()
            _ = try await client.call("event.subscribe", ["topics": ["deploys.suspected"]])
            _ = try await daemon.opsloop("deploys", "record", "shop", "1.4.2")
            let created = try await daemon.opsloop(
                "call", "check.create", "name=shop-web", "type=exec", "command:=[\"false\"]",
                "interval_ms:=3600000", "max_attempts:=1", "--output", "json")
            #expect(created.json["labels"] == ["team": "checkout"], "\(created.errors)")
            let event = try await client.notification()
            #expect(event["params"]?["topic"] == "deploys.suspected")
            let suspects = try await daemon.opsloop(
                "deploys", "suspects", "shop-web", "--output", "json")
            #expect(suspects.json["items"]?[0]?["service"] == "shop")
        }
    }

    @Test func `a plugin in bash has commands as well`() async throws {
        try await Daemon.run(Self.configuration) { daemon in
            let free = try await daemon.opsloop("disk", "free", "/", "--output", "json")
            #expect(free.exit == 0, "\(free.errors)")
            #expect(free.json["size_bytes"]?.int ?? 0 > 0)
            let wrong = try await daemon.opsloop("disk", "free", "relative")
            #expect(wrong.errors.contains("PATH"), "\(wrong.errors)")
        }
    }

    @Test(arguments: ["/python/deploys.py", "/shell/disk.sh"])
    func `the examples pass the kit`(path: String) async throws {
        try await Daemon.run { daemon in
            let tried = try await daemon.opsloop("plugin", "test", Self.examples + path)
            #expect(tried.exit == 0, "\(tried.output)")
        }
    }

    @Test func `a plugin in Swift from a package of its own runs and is remembered`() async throws {
        let program = try await ExampleBuild.shared.swift(
            "HelloPlugin", modules: ["OpsCore", "OpsJSONRPC", "OpsPluginProgram"])
        let hello: JSON = [
            "name": "hello", "exec": [.string(program)], "config": ["greeting": "Good morning"],
            "grants": ["emit": ["hello.*"]],
        ]
        let configuration: JSON = ["schema": 1, "plugins": [hello]]
        try await Daemon.run(configuration) { daemon in
            let client = try daemon.connect()
            _ = try await client.call("event.subscribe", ["topics": ["hello.*"]])
            let greeted = try await daemon.opsloop("hello", "greet", "Ada", "--output", "json")
            #expect(greeted.json["text"] == "Good morning Ada.", "\(greeted.errors)")
            let event = try await client.notification()
            #expect(event["params"]?["data"]?["name"] == "Ada")
            let list = try await daemon.opsloop("hello", "list")
            #expect(list.output.contains("Good morning Ada."))
            let tried = try await daemon.opsloop("plugin", "test", program)
            #expect(tried.exit == 0, "\(tried.output)")
        }
    }

    @Test func `what a plugin in Swift begins with compiles and passes the kit`() async throws {
        let folder = try TemporaryFolder()
        #expect(
            try await Programs.run(
                Programs.path("opsloop"), "plugin", "new", "load_watch", "--lang", "swift",
                "--dir", folder.path, "--opsloop", Programs.repository))
        let program = try await ExampleBuild.shared.swift(
            "load_watch", in: folder.file("load_watch"),
            modules: ["OpsCore", "OpsJSONRPC", "OpsPluginProgram"])
        #expect(try await Programs.run(Programs.path("opsloop"), "plugin", "test", program))
    }

    private static let sdkTests =
        Programs.repository + "/SDK/python/tests/test_opsloop_plugin.py"

    /// All of them, read off the file, so that none is forgotten.
    static let sdkSuites: [String] =
        ((try? Document.text(of: sdkTests)) ?? "").matches(of: /class (\w+)\(unittest/)
        .map { String($0.output.1) }

    @Test func `the Python SDK has tests`() { #expect(Self.sdkSuites.contains("CallTests")) }

    @Test(arguments: sdkSuites)
    func `the Python SDK passes its own tests`(suite: String) async throws {
        let folder = try TemporaryFolder()
        let tests = try ChildProgram(
            ["python3", "-B", Self.sdkTests, suite],
            environment: Programs.environment(home: folder.path), directory: folder.path,
            errors: folder.file("errors"))
        let said = try await tests.rest()
        #expect(try await tests.ending() == .exited(0), "\(said)\(folder.read("errors"))")
    }

    /// Asks for a plugin again and again until it is as the test waits for.
    private func plugin(
        _ name: String, _ client: TestClient, until isSo: (JSON) -> Bool
    ) async throws -> JSON {
        let end = ContinuousClock.now + .seconds(TestClient.patience)
        var plugin = JSON.null
        while ContinuousClock.now < end {
            plugin = try await client.call("plugin.get", ["plugin": .string(name)])
            if isSo(plugin) { return plugin }
        }
        throw TestFailure("the plugin \(name) stays \(plugin.text)")
    }
}
