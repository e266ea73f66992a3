import OpsJSONRPC
import Testing

@testable import OpsCore

struct ConfigurationTests {
    @Test func `a file is read with its defaults`() throws {
        let configuration = try Configuration(
            parsing: """
                {"schema": 1, "core": {"event_retention_days": 7}, "server": {"x": 1},
                 "plugins": [{"name": "a"}, {"name": "b", "enabled": false,
                 "on_failure": "degrade", "config": {"k": 1}}]}
                """)
        #expect(configuration.core.eventRetentionDays == 7)
        #expect(configuration.core.metricRetentionDays == 30)
        #expect(configuration.server == ["x": 1])
        #expect(
            configuration.plugins == [
                PluginConfiguration(name: "a"),
                PluginConfiguration(
                    name: "b", isEnabled: false, onFailure: .degrade, config: ["k": 1]),
            ])
    }

    @Test func `rules say how long which metrics are kept`() throws {
        let configuration = try Configuration(
            parsing: #"""
                {"schema": 1, "plugins": [], "core": {"metric_minute_retention_days": 50,
                 "metric_retention_rules": [{"select": "load{env=\"test\"}", "retention_days": 7}]}}
                """#)
        let settings = try SeriesSettings(configuration)
        let policy = RetentionPolicy(settings)
        let kept = policy.retention(of: SeriesKey(name: "load", labels: ["env": "test"]))
        #expect(
            kept
                == SeriesRetention(
                    samples: .seconds(7 * 86_400), minutes: .seconds(50 * 86_400),
                    hours: .seconds(730 * 86_400)))
        #expect(policy.retention(of: SeriesKey(name: "up")).samples == .seconds(30 * 86_400))
    }

    @Test(arguments: [
        (#"{"schema":1,"plugins":[}"#, "at byte 23"),
        (#"{"schema":1,"schema":1,"plugins":[]}"#, "schema"),
        ("[]", "the file must be an object"),
        ("", "byte 0"),
        (#"{"plugins":[]}"#, "schema is required"),
        (#"{"schema":2,"plugins":[]}"#, "schema must be 1 (found 2)"),
        (
            #"{"schema":1,"plugins":[],"plugin":[]}"#,
            "plugin is not a member; did you mean plugins?"
        ),
        (#"{"schema":1}"#, "plugins is required"),
        (#"{"schema":1,"plugins":{}}"#, "plugins expected an array"),
        (#"{"schema":1,"core":5,"plugins":[]}"#, "core must be an object"),
        (
            #"{"schema":1,"core":{"event_retention_days":0},"plugins":[]}"#,
            "core.event_retention_days must be 1 to 36500, not 0 (found 0)"
        ),
        (
            #"{"schema":1,"core":{"metric_retention_rules":[{"retention_days":3}]},"plugins":[]}"#,
            "core.metric_retention_rules[0].select is required"
        ),
        (
            #"{"schema":1,"core":{"metric_retention_rules":[{"select":"a"},{"select":"{"}]},"plugins":[]}"#,
            "core.metric_retention_rules[1].select"
        ),
        (
            #"{"schema":1,"core":{"metric_retention_rules":[{"select":"a","minute_retention_days":0}]},"plugins":[]}"#,
            "core.metric_retention_rules[0].minute_retention_days must be 1 to 36500"
        ),
        (
            #"{"schema":1,"core":{"metric_retention_rules":[7]},"plugins":[]}"#,
            "core.metric_retention_rules[0] must be an object"
        ),
        (#"{"schema":1,"plugins":[5]}"#, "plugins[0] must be an object"),
        (#"{"schema":1,"plugins":[{"name":"a"},{}]}"#, "plugins[1].name is required"),
        (
            #"{"schema":1,"plugins":[{"name":"a","enable":true}]}"#,
            "plugins[0].enable is not a member; did you mean enabled? (found true)"
        ),
        (
            #"{"schema":1,"plugins":[{"name":"a","on_failure":"panic"}]}"#,
            "plugins[0].on_failure"
        ),
        (
            #"{"schema":1,"plugins":[{"name":"a"},{"name":"a"}]}"#,
            #"plugins[1].name names a plugin for the second time (found "a")"#
        ),
    ])
    func `a mistake is named by its place`(text: String, part: String) {
        let error = #expect(throws: PluginError.self) { try Configuration(parsing: text) }
        #expect(error?.code == .badSettings)
        #expect(error?.plugin == "plugins.json")
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("plugins.json:  ") == false)
        #expect(error?.description.contains("(found null)") == false)
    }
}
