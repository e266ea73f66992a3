import ArgumentParser
import OpsCore
import OpsJSONRPC

/// A range query over many series, beside what others take for the same.
struct QueryPeers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-peers",
        abstract: "A range query over 1,000 series, beside Prometheus and VictoriaMetrics.",
        discussion: """
            Each store gets the same samples, one every 15 seconds for a day, and is asked for the mean \
            by one label of ten values, for steps of one and of five minutes. Ours is asked in this \
            process and its answer written as JSON; the others are asked over HTTP, by curl's clock. \
            query_raw reads every sample; query_rollup is the same question with steps that begin \
            with a minute. The median of all runs counts.
            """)

    @Option(help: "How many series.") var series = 1000
    @Option(help: "How many runs.") var runs = 9

    private static let steps = [60, 300]
    private static let interval: Int64 = 15_000

    func run() async throws {
        let workspace = try Workspace()
        // A day that is over, so that it is rolled up.
        let start = (SystemTime().now().milliseconds / 86_400_000 - 1) * 86_400_000
        let file = try OpenMetricsFile(workspace, "samples.txt")
        let bench = try await SeriesBench(workspace.file("series"))
        try await fill(bench.series, file, from: start)
        var raw: [Int: Double] = [:]
        for step in Self.steps {
            let end = start + 86_400_000 - 1
            raw[step] = try await measure(bench.series, "query_raw", start + 1000...end, step)
            _ = try await measure(bench.series, "query_rollup", start...end, step)
        }
        await bench.close()
        for server in [Prometheus.self, VictoriaMetrics.self] as [any MetricServer.Type] {
            try compare(server, workspace, file.path, from: start, with: raw)
        }
    }

    /// Random walks of two decimals, as a load or a temperature.
    private func fill(_ store: Series, _ file: OpenMetricsFile, from start: Int64) async throws {
        var random = SystemRandomNumberGenerator()
        for number in 0..<series {
            let labels = ["instance": "node-\(number)", "job": "job-\(number % 10)"]
            let handle = try store.handle("bench_load", Labels(labels))
            let key = Array(
                #"bench_load{instance="node-\#(number)",job="job-\#(number % 10)"}"#.utf8)
            var hundredths = Int.random(in: 100...10_000, using: &random)
            for index in 0..<(86_400_000 / Self.interval) {
                hundredths = max(0, hundredths + Int.random(in: -50...50, using: &random))
                let value = Double(hundredths) / 100
                let at = start + index * Self.interval
                store.append(handle, value, at: Instant(milliseconds: at))
                file.add(key, Array("\(value)".utf8), at: at)
            }
            if number % 100 == 99 { try await store.flush() }
        }
        try file.finish()
        try await store.checkpoint()
        try await store.merge()
    }

    private func measure(
        _ store: Series, _ name: String, _ range: ClosedRange<Int64>, _ step: Int
    ) async throws -> Double {
        let query = SeriesQuery(
            matchers: [.metric("bench_load")], from: Instant(milliseconds: range.lowerBound),
            to: Instant(milliseconds: range.upperBound), step: .seconds(step),
            grouping: SeriesGrouping(by: ["job"], .avg))
        var times: [Double] = []
        for _ in 0..<runs {
            let begin = ContinuousClock.now
            let found = try await store.query(query)
            let bytes = try JSON(encoding: found).text.utf8.count
            times.append((ContinuousClock.now - begin).inSeconds)
            let points = found.reduce(0) { $0 + $1.points.count }
            guard points == 10 * 86_400 / step, bytes > points else {
                throw BenchError("The answer has \(points) points.")
            }
        }
        Figure("\(name)_\(step)s", times.median * 1000, "ms").report()
        return times.median
    }

    private func compare(
        _ type: any MetricServer.Type, _ workspace: Workspace, _ file: String, from start: Int64,
        with ours: [Int: Double]
    ) throws {
        guard let server = try type.start(workspace, loading: file) else {
            return print("query_\(type.name) is skipped: it is not installed")
        }
        defer { server.stop() }
        print("query_\(type.name) is measured with: \(server.version)")
        for step in Self.steps {
            let times = try (0..<runs).map { _ in
                let answer = try server.query(
                    "avg by (job) (avg_over_time(bench_load[\(step)s]))",
                    from: start + Int64(step) * 1000, to: start + 86_400_000, step: step)
                guard answer.points == 10 * 86_400 / step else {
                    throw BenchError("\(type.name) answers \(answer.points) points.")
                }
                return answer.seconds
            }
            Figure("query_\(type.name)_\(step)s", times.median * 1000, "ms").report()
            let isGoal = type == Prometheus.self
            Figure(
                "query_ratio_\(type.name)_\(step)s", times.median / (ours[step] ?? .infinity),
                "times as fast", isGoal ? .atLeast(1) : nil
            ).report()
        }
    }
}
