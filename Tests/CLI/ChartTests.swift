import OpsJSONRPC
import Testing

@testable import opsloop

@Suite("Charts")
struct ChartTests {
    private static let to = Fixture.now.milliseconds
    private static let from = to - 3_600_000

    private func series(_ labels: [String: String] = [:], _ value: (Int) -> Double) -> MetricSeries
    {
        MetricSeries(
            name: "host_load1", labels: labels,
            points: (0...60).map {
                MetricSeries.Point(at: Self.from + Int64($0) * 60_000, value: value($0))
            })
    }

    private func chart(_ series: [MetricSeries], ascii: Bool = false) -> Chart {
        Chart(
            title: "host_load1  1h", series: series, names: SeriesNames(series).texts,
            unit: .plain, from: Self.from, to: Self.to, stepMs: 60_000, width: 50, height: 6,
            zone: { _ in 0 }, glyphs: Glyphs(isASCII: ascii))
    }

    private func render(_ chart: Chart, _ palette: Palette = .plain) -> String {
        ChartView(chart: chart, palette: palette).render()
    }

    @Test func `a line rises`() {
        #expect(render(chart([series { Double($0) / 60 }])) == Golden.rising)
    }

    @Test func `plain characters draw the same line`() {
        #expect(render(chart([series { Double($0) / 60 }], ascii: true)) == Golden.risingASCII)
    }

    @Test func `without colours each series has its own mark`() {
        let two = [series(["kind": "a"]) { _ in 1 }, series(["kind": "b"]) { _ in 2 }]
        let text = render(chart(two))
        #expect(text.contains("***") && text.contains("+++"))
        #expect(text.contains("*  kind=a    1    1    1     1\n"))
    }

    @Test func `with colours each series has its own`() {
        let two = [series(["kind": "a"]) { _ in 1 }, series(["kind": "b"]) { _ in 2 }]
        let text = render(chart(two), Palette(isOn: true))
        #expect(text.contains("\u{1B}[36m⣀") || text.contains("\u{1B}[36m⠉"))
        #expect(text.contains("\u{1B}[33m"))
    }

    @Test func `a threshold is a line behind the curve, and always in the picture`() {
        var chart = chart([series { _ in 1 }], ascii: true)
        chart.thresholds = [
            Chart.Threshold(value: 4, style: .warning), Chart.Threshold(value: 1, style: .critical),
        ]
        let lines = render(chart).split(separator: "\n").map(String.init)
        #expect(
            lines.contains { $0.hasSuffix(String(repeating: "-", count: 40)) && $0.contains("4") })
        #expect(lines.contains { $0.contains(String(repeating: "*", count: 40)) })
        let painted = render(chart, Palette(isOn: true))
        #expect(painted.contains("\u{1B}[33m----"))
    }

    @Test func `the states of the check stand below the curve`() {
        var chart = chart([series { _ in 1 }])
        chart.states = MetricSeries(
            name: "check_state", labels: [:],
            points: (0...40).map {
                let value = $0 < 20 ? 0.0 : $0 < 30 ? 2 : 1
                return MetricSeries.Point(at: Self.from + Int64($0) * 60_000, value: value)
            })
        let row = render(chart).split(separator: "\n").first { $0.contains("cc") } ?? ""
        #expect(row.contains("..cc"))
        #expect(row.contains("cw"))
        // Nothing has come for a while at the end.
        #expect(row.hasSuffix("    "))
        #expect(render(chart, Palette(isOn: true)).contains("\u{1B}[1;31m▀"))
    }

    @Test func `the states are asked for where all series are about one check`() throws {
        let plot = try PlotCommand(params: ["selector": "x"], now: Fixture.now, width: 80)
        let one = [
            series(["check": "a \"b\"", "k": "1"]) { _ in 1 },
            series(["check": "a \"b\""]) { _ in 1 },
        ]
        let query = plot.stateQuery(of: chart(one))
        #expect(query?["select"] == "check_state{check=\"a \\\"b\\\"\"}")
        #expect(query?["aggregation"] == "max")
        #expect(
            plot.stateQuery(of: chart([series(["check": "a"]) { _ in 1 }, series { _ in 1 }]))
                == nil)
        #expect(plot.stateQuery(of: chart([series { _ in 1 }])) == nil)
    }

    @Test func `a gap stays empty`() {
        var gap = series { _ in 1 }
        gap.points.removeSubrange(20..<40)
        let text = render(chart([gap], ascii: true))
        let row = text.split(separator: "\n").first { $0.contains("***") } ?? ""
        #expect(row.contains("*          "))
    }

    @Test func `one sample, no change and negative values are drawn too`() {
        for values in [[5.0], [0, 0], [-3, -1], [1e12, 2e12]] {
            let points = values.enumerated().map {
                MetricSeries.Point(at: Self.from + Int64($0.offset) * 60_000, value: $0.element)
            }
            let text = render(chart([MetricSeries(name: "m", labels: [:], points: points)]))
            #expect(text.split(separator: "\n").count >= 9, "\(values)")
        }
    }

    @Test func `ticks are round numbers`() {
        #expect(Axis([0.3, 9.7], count: 5).ticks == [0, 2, 4, 6, 8, 10])
        #expect(Axis([97, 103], count: 3).ticks == [96, 98, 100, 102, 104])
        #expect(Axis([5], count: 2).low < 5)
        #expect(Axis([], count: 2).ticks.count > 1)
    }

    @Test func `times are labelled at round moments of the local zone`() {
        let axis = TimeAxis(from: Self.from, to: Self.to, columns: 48, zone: { _ in 5_400 })
        #expect(axis.ticks().map(\.label) == ["12:30", "12:45", "13:00", "13:15", "13:30"])
        let days = TimeAxis(
            from: Self.to - 3 * 86_400_000, to: Self.to, columns: 60, zone: { _ in 0 })
        #expect(days.ticks().map(\.label).contains("11-20"))
    }

    @Test func `series are named by what tells them apart`() {
        let names = SeriesNames([
            series(["host": "a", "mode": "user"]) { _ in 0 },
            series(["host": "a", "mode": "idle"]) { _ in 0 },
        ])
        #expect(names.texts == ["mode=user", "mode=idle"])
        #expect(SeriesNames([series { _ in 0 }]).texts == ["host_load1"])
    }

    @Test func `the options become a query`() throws {
        let plot = try PlotCommand(
            params: ["selector": "host_load1", "last": 7_200_000, "aggregation": "max"],
            now: Fixture.now, width: 80)
        #expect(
            plot.query == [
                "select": "host_load1", "from": "2026-11-21T10:00:00.000Z",
                "to": "2026-11-21T12:00:00.000Z", "step_ms": 45000, "aggregation": "max",
            ])
    }

    @Test func `a span that ends before it begins is refused`() {
        #expect(throws: Failure.self) {
            try PlotCommand(
                params: ["from": "2026-11-21T13:00:00Z"], now: Fixture.now, width: 80)
        }
    }

    @Test func `samples beyond all measure are left out, not drawn`() throws {
        let answer = try JSON.parse(
            """
            {"items": [{"name": "m", "labels": {}, "points": [[1e300, 1], [1795262399000, 1e999],
            [0, 5], [1795262399000, 1e99], [1795262398000, -1e99], [1795262397000, 2]]}]}
            """)
        let plot = try PlotCommand(
            params: [
                "selector": "m", "width": -5, "height": 1_000_000, "last": 9_000_000_000_000_000,
            ],
            now: Fixture.now, width: 80)
        let chart = try #require(plot.chart(answer, { _ in 0 }, Glyphs(isASCII: false)))
        #expect(chart.series.map(\.points.count) == [4])
        #expect(render(chart).split(separator: "\n").count > 200)
    }

    @Test func `nothing measured draws nothing`() throws {
        let plot = try PlotCommand(params: ["selector": "x"], now: Fixture.now, width: 80)
        #expect(plot.chart(["items": []], { _ in 0 }, Glyphs(isASCII: false)) == nil)
        let empty: JSON = ["items": [["name": "x", "labels": [:], "points": []]]]
        #expect(plot.chart(empty, { _ in 0 }, Glyphs(isASCII: false)) == nil)
    }
}
