import Logging
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Importing and deleting samples, as callers do it.
@Suite struct MetricChangesTests {
    private static func withPlatform(
        _ body: (Platform, Int64) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder.path + "/data",
                configuration: Configuration(plugins: [PluginConfiguration(name: "monitoring")]),
                available: [MonitoringPlugin.self], time: time,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "1"))
        do {
            try await body(platform, time.now().milliseconds)
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
        folder.remove()
    }

    private static func item(_ name: String, _ points: [(Int64, Double)]) -> SeriesResult {
        SeriesResult(
            SeriesKey(name: name, labels: ["mode": "x"]),
            points: points.map { SeriesPoint(at: $0, value: $1) })
    }

    private static func items(_ items: SeriesResult...) throws -> JSON {
        ["items": try JSON(encoding: items)]
    }

    private static func rehearsing(_ params: JSON) -> JSON {
        var object = params.object ?? JSON.Object()
        object["_meta"] = ["dry_run": true]
        return .object(object)
    }

    private static func audited(_ platform: Platform, _ action: String) async throws -> Int {
        let rows = try await platform.call("audit.list", ["limit": 100])
        return rows["items"]?.array?.count { $0["action"]?.string == action } ?? 0
    }

    @Test func `what is imported is answered, and what is deleted is not`() async throws {
        try await Self.withPlatform { platform, now in
            let day: Int64 = 86_400_000
            let params = try Self.items(
                Self.item("m", [(now - 20 * day, 1), (now - day, 2), (now, 3)]))
            let query: JSON = ["select": "m", "last_ms": 2_592_000_000]
            let rehearsed = try await platform.call("metric.import", Self.rehearsing(params))
            #expect(rehearsed["samples"] == 3)
            #expect(try await platform.call("metric.query", query)["items"]?.array?.isEmpty == true)
            #expect(try await Self.audited(platform, "metric.import") == 0)

            let taken = try await platform.call("metric.import", params)
            #expect(taken["series"] == 1 && taken["samples"] == 3)
            #expect(try await Self.audited(platform, "metric.import") == 1)
            let answer = try await platform.call("metric.query", query)
            #expect(answer["items"]?[0]?["points"] == params["items"]?[0]?["points"])

            let deletion: JSON = ["select": "m{mode=\"x\"}", "to": "2200-01-01T00:00:00Z"]
            let counted = try await platform.call("metric.delete", Self.rehearsing(deletion))
            #expect(counted["samples"] == 3)
            #expect(try await platform.call("metric.query", query) == answer)
            #expect(try await platform.call("metric.delete", deletion)["samples"] == 3)
            #expect(try await platform.call("metric.query", query)["items"]?.array?.isEmpty == true)
            #expect(try await Self.audited(platform, "metric.delete") == 1)
        }
    }

    @Test func `of an import with a mistake nothing is taken, and every mistake is named`()
        async throws
    {
        try await Self.withPlatform { platform, now in
            let params = try Self.items(
                Self.item("m", [(now, 1), (now - 40 * 86_400_000, 2), (now + 7_200_000, 3)]),
                Self.item("", []))
            do {
                _ = try await platform.call("metric.import", params)
                Issue.record("taken")
            } catch let error as RPCError {
                #expect(error.kind == "invalid_params")
                #expect(
                    error.fields.map(\.path)
                        == ["items[0].points[1]", "items[0].points[2]", "items[1]"])
            }
            let series = try await platform.call("metric.series", ["select": "m"])
            #expect(series["items"]?.array?.isEmpty == true)
        }
    }

    @Test func `series become one by labels, and what is missing for it is named`() async throws {
        try await Self.withPlatform { platform, now in
            _ = try await platform.call("metric.import", Self.items(Self.item("a", [(now, 1)])))
            _ = try await platform.call("metric.import", Self.items(Self.item("b", [(now, 5)])))
            let answer = try await platform.call(
                "metric.query",
                [
                    "select": "{mode=\"x\"}", "step_ms": 3_600_000, "across": "avg",
                    "by": ["mode"],
                ])
            #expect(answer["items"]?[0]?["labels"] == ["mode": "x"])
            #expect(answer["items"]?[0]?["points"]?[0]?[1]?.double == 3)
            for (params, path) in [
                (["select": "a", "by": ["mode"], "step_ms": 1000], "across"),
                (["select": "a", "across": "sum"], "step_ms"),
            ] as [(JSON, String)] {
                do {
                    _ = try await platform.call("metric.query", params)
                    Issue.record("answered")
                } catch let error as RPCError {
                    #expect(error.fields.map(\.path) == [path])
                }
            }
        }
    }
}
