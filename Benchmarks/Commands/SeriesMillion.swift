import ArgumentParser
import Glibc
import OpsCore
import OpsJSONRPC

/// What a million series take in memory, and how long a start with them takes.
struct SeriesMillion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series-million",
        abstract: "Memory of many active series, and the start after a kill.",
        discussion: """
            A process of its own fills a store with series of nine labels, three samples each, one of \
            them moved to blocks; its resident memory is taken whole, the program included. Then it is \
            killed, and another one opens the store and answers for one target.
            """)

    @Option(help: "How many series.") var series = 1_000_000
    @Option(help: .hidden) var fill: String?
    @Option(help: .hidden) var open: String?

    func run() async throws {
        if let fill { return try await self.fill(fill) }
        if let open { return try await self.open(open) }
        let workspace = try Workspace()
        let folder = workspace.file("series")
        let filler = try Child(["--series", "\(series)", "--fill", folder])
        let seconds = try filler.number()
        let usage = try ProcessUsage(of: filler.program.id)
        kill(filler.program.id, SIGKILL)
        _ = filler.program.endsSoon
        Figure("series_million_fill", Double(series) * 3 / seconds, "samples/s").report()
        Figure(
            "series_million_memory", usage.residentMegabytes * 1_048_576 / Double(series),
            "bytes/series", .atMost(1024)
        ).report()
        let opener = try Child(["--series", "\(series)", "--open", folder])
        let start = try opener.number()
        let after = try ProcessUsage(of: opener.program.id)
        Figure("series_million_start", start, "s", .atMost(5)).report()
        // Tells a slow start from a busy machine.
        Figure("series_million_start_cpu", after.cpuSeconds, "s").report()
        Figure(
            "series_million_start_memory", after.residentMegabytes * 1_048_576 / Double(series),
            "bytes/series"
        ).report()
    }

    /// This program once more, which prints one number and then waits to be ended.
    private struct Child {
        let program: RunningProgram
        private let lines: LineReader

        init(_ arguments: [String]) throws {
            var ends: [CInt] = [0, 0]
            guard pipe(&ends) == 0 else { throw BenchError("make a pipe", errno: errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            defer { close(ends[1]) }
            lines = try LineReader(descriptor: ends[0])
            program = try Program.ourselves.start(
                ["series-million"] + arguments, Program.Streams(output: ends[1]))
        }

        func number() throws -> Double {
            guard let line = lines.next(), let number = Double(exposition: line) else {
                throw BenchError("The process of the series \(program.ending).")
            }
            return number
        }
    }

    private func fill(_ folder: String) async throws {
        let bench = try await SeriesBench(folder)
        let start = ContinuousClock.now
        let handles = try (0..<series).map { number in
            try bench.series.handle("bench_metric_\(number % 200)_total", Self.labels(of: number))
        }
        let now = SystemTime().now()
        for round in 0..<3 {
            bench.series.append(
                handles.enumerated().map { ($1, Double($0 * 7 + round)) },
                at: now - .seconds(15 * (3 - round)))
            try await bench.series.flush()
            if round == 0 { try await bench.series.checkpoint() }
        }
        try await wait(saying: ContinuousClock.now - start, bench)
        withExtendedLifetime(handles) {}
    }

    private func open(_ folder: String) async throws {
        let start = ContinuousClock.now
        let bench = try await SeriesBench(folder, isNew: false)
        let found = try await bench.series.latest(matching: [
            LabelMatcher("instance", .equal, Self.labels(of: 0)["instance"] ?? "")
        ])
        guard !found.isEmpty, bench.series.statistics.series == series else {
            throw BenchError("The store has lost series.")
        }
        try await wait(saying: ContinuousClock.now - start, bench)
    }

    private func wait(saying duration: Duration, _ bench: SeriesBench) async throws {
        print(duration.inSeconds)
        fflush(nil)
        try await Task.sleep(for: .seconds(60))
        await bench.close()
    }

    /// A thousand series for each target.
    private static func labels(of number: Int) -> Labels {
        let target = number / 1000
        return [
            "instance": "node-\(target).dc\(target % 4).example.net:9100",
            "job": "job-\(target % 12)", "env": ["production", "staging", "test"][target % 3],
            "region": "eu-central-\(target % 5)", "cluster": "cluster-\(target % 20)",
            "namespace": "namespace-\(target % 50)", "pod": "pod-\(target)-7c9f8b5d4-\(number % 5)",
            "device": "device\(number % 1000 / 200)", "mode": "mode-\(number % 8)",
        ]
    }
}
