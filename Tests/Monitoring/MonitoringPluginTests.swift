import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What the plugin says about itself, and what it refuses before anything runs.
@Suite struct MonitoringPluginTests {
    @Test func `The plugin owns its nouns, and announces facts about them only`() {
        let owned: Set = ["check", "maintenance", "metric", "rule", "slo", "target"]
        let manifest = MonitoringPlugin.manifest
        for name in manifest.methods.map(\.name) + manifest.events.map(\.topic) {
            let noun = name.split(separator: ".").first.map(String.init) ?? ""
            #expect(owned.contains(noun), "\(name)")
        }
    }

    @Test func `Methods that delete say so, and those that only look say so too`() {
        let effects = Dictionary(
            uniqueKeysWithValues: MonitoringPlugin.manifest.methods.map { ($0.name, $0.effect) })
        #expect(effects["check.delete"] == .destroy)
        for name in ["check.get", "check.list", "check.history", "check.stats", "metric.query"] {
            #expect(effects[name] == .read, "\(name)")
        }
    }

    @Test func `Settings are refused with the path of every wrong member`() {
        var settings = MonitoringSettings()
        settings.checks = [
            ["name": "machine", "type": "host"],
            ["name": "site", "type": "http", "url": "http://localhost/", "interval_ms": 5],
            ["name": "shop", "type": "http"],
            ["name": "job", "type": "heartbeat", "url": "http://localhost/"],
            "nonsense",
        ]
        do {
            try MonitoringPlugin.validate(settings)
            Issue.record("the settings were accepted")
        } catch {
            #expect(
                error.fields.map(\.path) == [
                    "checks[1].interval_ms", "checks[2].url", "checks[3].url", "checks[4]",
                ])
        }
    }

    @Test func `Punctuality is about the newest runs`() {
        var punctuality = Punctuality()
        #expect(punctuality.figures.max == 0)
        for _ in 0..<20_000 { punctuality.record(.milliseconds(5)) }
        for number in 1...8192 { punctuality.record(.milliseconds(number % 100)) }
        #expect(punctuality.count == 28_192)
        #expect(punctuality.figures.p50 == 49 || punctuality.figures.p50 == 50)
        #expect(punctuality.figures.max == 99)
    }
}
