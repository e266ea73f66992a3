import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// From a scrape to stored series, over a real database and a real server.
@Suite struct ScrapeStorageTests {
    private static func wish(
        _ server: ExpositionServer, _ path: String, _ members: JSON.Object = [:]
    ) -> CreateCheck {
        MonitoringFixture.wish("node", on: "") { wish in
            wish.type = PrometheusCheck.kind
            wish.members = ["url": .string(server.url(path)), "instance": "one"]
            for (name, value) in members { wish.members[name] = value }
        }
    }

    /// The stored samples of the series that a selector matches, as `series value`.
    private func stored(_ select: String, in fixture: MonitoringFixture) async throws -> [String] {
        let queries = MetricQueries(series: fixture.series, time: fixture.time)
        var query = QueryMetrics()
        query.select = select
        query.lastMs = 86_400_000
        return try await queries.query(query).items.flatMap { item in
            item.points.map { "\(SeriesKey(name: item.name, labels: item.labels)) \($0.value)" }
        }.sorted()
    }

    @Test func `series are stored under their own names, with NaN and infinities`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "a{x=\"y\"} 1.5\nb NaN\nc -Inf\nd +Inf\n")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish(server, "/file/a.txt"))
            await fixture.service.settle()
            #expect(try await fixture.status("node") == "ok hard 1")
            let found = try await stored("{instance=\"one\",__name__=~\"[a-d]\"}", in: fixture)
            #expect(
                found == [
                    "a{check=\"node\",instance=\"one\",x=\"y\"} 1.5",
                    "b{check=\"node\",instance=\"one\"} nan(0x1)",
                    "c{check=\"node\",instance=\"one\"} -inf",
                    "d{check=\"node\",instance=\"one\"} inf",
                ])
            #expect(
                try await stored("scrape_samples_scraped", in: fixture)
                    == ["scrape_samples_scraped{check=\"node\",instance=\"one\"} 4.0"])
        }
    }

    @Test func `times of the exposition are kept, in whatever order they come`() async throws {
        let server = try ExpositionServer()
        try await MonitoringFixture.run { fixture in
            let now = fixture.time.now().milliseconds
            try server.expose("a.txt", "a 1 \(now - 1000)\na 2 \(now - 3000)\na 3 \(now - 2000)\n")
            try await fixture.create(Self.wish(server, "/file/a.txt"))
            await fixture.service.settle()
            let queries = MetricQueries(series: fixture.series, time: fixture.time)
            var query = QueryMetrics()
            query.select = "a"
            let points = try await queries.query(query).items.first?.points ?? []
            #expect(points.map(\.at) == [now - 3000, now - 2000, now - 1000])
            #expect(points.map(\.value) == [2, 3, 1])
        }
    }

    @Test func `a check with another name stores under that one`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "a 1\n")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish(server, "/file/a.txt"))
            await fixture.service.settle()
            _ = try await fixture.update("node") { $0.name = "renamed" }
            await fixture.time.advance(by: .seconds(1))
            _ = try await fixture.service.run("renamed", for: MonitoringFixture.call)
            #expect(
                try await stored("a", in: fixture) == [
                    "a{check=\"node\",instance=\"one\"} 1.0",
                    "a{check=\"renamed\",instance=\"one\"} 1.0",
                ])
        }
    }

    @Test func `a scrape that is refused stores nothing of it, and says why`() async throws {
        let server = try ExpositionServer()
        try server.expose("a.txt", "a 1\nb")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(Self.wish(server, "/file/a.txt"))
            await fixture.service.settle()
            let check = try await fixture.service.get("node")
            #expect(check["state"] == "critical")
            #expect(
                check["output"]
                    == "The exposition cannot be read: line 2: the text ends in the middle of a line"
            )
            #expect(try await stored("a", in: fixture).isEmpty)
            #expect(
                try await stored("scrape_samples_scraped", in: fixture)
                    == ["scrape_samples_scraped{check=\"node\",instance=\"one\"} 0.0"])
        }
    }

    @Test func `series that the store refuses make the check critical`() async throws {
        let server = try ExpositionServer()
        let long = String(repeating: "x", count: 8000)
        try server.expose("a.txt", "a 1\nb{l=\"\(long)\",m=\"\(long)\"} 2\n")
        try await MonitoringFixture.run { fixture in
            try await fixture.create(
                Self.wish(server, "/file/a.txt", ["label_value_length_limit": 8000]))
            await fixture.service.settle()
            let check = try await fixture.service.get("node")
            #expect(check["state"] == "critical")
            #expect(
                check["output"]?.string?.contains(
                    ": 1 sample refused: The name and labels of the series \"b\" take 160") == true)
            #expect(try await stored("a", in: fixture).count == 1)
        }
    }
}
