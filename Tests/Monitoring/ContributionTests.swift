import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What monitoring says about items and checks on pages of others.
@Suite struct CheckContributionTests {
    /// Knows one item, as an inventory would.
    private actor Atlas: Plugin {
        struct None: Declared {}
        struct Get: Method {
            static let name = "ci.get"
            static let summary = "Shows an item."
            static let effect = Effect.read
            @Param("Which.") var ci: String
            struct Result: Codable, Sendable { var name: String, `class`: String }
        }

        static let manifest = Manifest(
            name: "atlas", version: "1", summary: "Knows web1.",
            methods: [MethodDeclaration(Get.self)])

        init(_ context: PluginContext, settings: None) {
            context.methods.handle(Get.self) { _, params in
                guard params.ci == "ci:1" else {
                    throw RPCError.notFound("There is no \(params.ci).")
                }
                return Get.Result(name: "web1", class: "server")
            }
        }
        func start() async throws {}
        func stop() async {}
    }

    private struct Stand {
        let platform: Platform
        let time: ManualTime

        func check(_ name: String, _ labels: JSON = [:]) async throws {
            _ = try await platform.call(
                "check.create",
                [
                    "name": .string(name), "type": "heartbeat", "interval_ms": 60_000,
                    "labels": labels,
                ])
        }

        func submit(_ name: String, _ state: String, value: Double) async throws {
            _ = try await platform.call(
                "check.submit",
                [
                    "check": .string(name), "state": .string(state), "output": "it says \(state)",
                    "measurements": [
                        ["label": "load", "value": .number(JSON.Number(value))]
                    ],
                ])
        }

        func page(_ refs: JSON = ["ci:1"]) async throws -> Contributions {
            try await platform.call("record.context", ["refs": refs]).decode(Contributions.self)
        }
    }

    private func run(
        _ plugins: [String] = ["atlas", "monitoring"], _ body: (Stand) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let time = ManualTime()
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.path,
                configuration: Configuration(
                    plugins: plugins.map { PluginConfiguration(name: $0) }),
                available: [MonitoringPlugin.self, Atlas.self], time: time))
        do {
            try await body(Stand(platform: platform, time: time))
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    @Test func `failing checks of an item are found by label and by link`() async throws {
        try await run { stand in
            try await stand.check("by name", ["ci": "web1"])
            try await stand.check("by class", ["ci": "server/web1"])
            try await stand.check("by ref", ["ci": "ci:1"])
            try await stand.check("by link")
            try await stand.check("well", ["ci": "web1"])
            try await stand.check("of another", ["ci": "web2"])
            _ = try await stand.platform.call(
                "link.create", ["from": "check:4", "relation": "monitors", "to": "ci:1"])
            for name in ["by name", "by class", "by ref", "by link", "of another"] {
                try await stand.submit(name, name == "by ref" ? "warning" : "critical", value: 1)
            }
            try await stand.submit("well", "ok", value: 1)
            let checks = try #require(try await stand.page().items.first { $0.section == "checks" })
            #expect(checks.title == "4 of 5 checks failing")
            #expect(
                checks.lines.map { $0.data["name"]?.string }
                    == ["by class", "by link", "by name", "by ref"], "the worst first")
            #expect(checks.lines.map(\.ref) == [2, 4, 1, 3].map { Ref("check", $0) })
            #expect(checks.lines[0].text.contains("critical since 2026-"))
            #expect(checks.lines[0].text.hasSuffix(": it says critical"))
        }
    }

    @Test func `a label that changes moves the check`() async throws {
        try await run { stand in
            try await stand.check("c", ["ci": "web2"])
            #expect(try await stand.page().items == [])
            _ = try await stand.platform.call(
                "check.update", ["check": "c", "labels": ["ci": "web1"]])
            #expect(try await stand.page().items.map(\.title) == ["1 check, none fails"])
        }
    }

    @Test func `metrics of failing checks are summed up over the last hour`() async throws {
        try await run { stand in
            try await stand.check("c", ["ci": "web1"])
            for value in [100.0, 2, 6, 4] {
                try await stand.submit("c", "critical", value: value)
                await stand.time.advance(by: .seconds(value == 100 ? 3600 : 60))
            }
            let page = try await stand.page()
            let metrics = try #require(page.items.first { $0.section == "metrics" })
            let line = try #require(metrics.lines.first { $0.data["name"] == "check_value" })
            // The first value is older than an hour.
            #expect(line.text == "check_value{label=load}: min 2, avg 4, max 6, last 4")
            #expect(line.data["avg"] == 4 && line.ref == Ref("check", 1))
            #expect(
                try await stand.page(["check:1"]).items.map(\.section) == ["checks", "metrics"])
        }
    }

    @Test func `metrics of checks that are well stand on their own pages only`() async throws {
        try await run { stand in
            try await stand.check("c", ["ci": "web1"])
            try await stand.submit("c", "ok", value: 1)
            #expect(try await stand.page().items.map(\.section) == ["checks"])
            #expect(
                try await stand.page(["check:1"]).items.map(\.section) == ["checks", "metrics"])
        }
    }

    @Test func `a check with many metrics shows some, and says how many more`() async throws {
        try await run { stand in
            try await stand.check("c", ["ci": "web1"])
            try await stand.submit("c", "critical", value: 1)
            let now = stand.time.now()
            for number in 100..<140 {
                let handle = try stand.platform.series.handle(
                    "a\(number)", ["check": "c", "disk": "sda"])
                stand.platform.series.append(handle, 1, at: now)
            }
            let page = try await stand.page()
            let metrics = try #require(page.items.first { $0.section == "metrics" })
            #expect(metrics.lines.count == 20)
            #expect(metrics.lines.first?.text.hasPrefix("a100{disk=sda}: min 1") == true)
            let all = try await stand.platform.series.series(
                matching: [LabelMatcher("check", .equal, "c")])
            #expect(metrics.more == all.count - 20)
        }
    }

    @Test func `without an inventory only refs and links tell`() async throws {
        try await run(["monitoring"]) { stand in
            try await stand.check("by name", ["ci": "web1"])
            try await stand.check("by ref", ["ci": "ci:1"])
            #expect(try await stand.page().items.map(\.title) == ["1 check, none fails"])
            #expect(try await stand.page(["ci:2", "check:9", "check:x"]).items == [])
        }
    }

    @Test func `numbers that are none are left out of a sum`() throws {
        let points = [1.0, .nan, 3, .infinity].map { SeriesPoint(at: 0, value: $0) }
        let summary = try #require(MetricSummary(points))
        #expect([summary.min, summary.avg, summary.max, summary.last] == [1, 2, 3, 3])
        #expect(MetricSummary([SeriesPoint(at: 0, value: .nan)]) == nil)
        #expect(MetricSummary([]) == nil)
        let large = Double.greatestFiniteMagnitude
        #expect(MetricSummary([large, large].map { .init(at: 0, value: $0) })?.avg == large)
    }

    @Test(arguments: [(3.0, "3"), (0.012345, "0.01235"), (1234.56, "1235"), (-2.5, "-2.5")])
    func `numbers are written with four digits that count`(value: Double, text: String) {
        #expect(Readable.number(value) == text)
    }
}
