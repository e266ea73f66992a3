import ArgumentParser
import Glibc
import OpsBenchFloor
import OpsCore
import OpsJSONRPC

/// Samples per second and bytes a sample.
struct SeriesAppends: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Samples taken per second, and bytes a sample.")

    @Option(help: "How many series.") var series = 1000
    @Option(help: "Samples a series.") var samples = 2000
    @Option(help: "A recording of scrapes; without it, that of the shared folder, if it is there.")
    var recording: String?

    func run() async throws {
        let workspace = try Workspace()
        try await append(workspace)
        try floor(workspace)
        let path = recording ?? "../shared/data/node-exporter/scrapes-1s.txt.zst"
        guard recording != nil || access(path, R_OK) == 0 else { return }
        for every in [1, 15] {
            let result = try await Replay.load(
                Recording(path: path, every: every), into: workspace.file("replay-\(every)"))
            Figure("series_sample_size_\(every)s", result.sampleSize, "bytes/sample").report()
        }
    }

    /// Random walks, one step a second, all series in turn.
    private func append(_ workspace: Workspace) async throws {
        let bench = try await SeriesBench(workspace.file("series"))
        let handles = try (0..<series).map { number in
            try bench.series.handle("bench_value", ["series": "\(number)"])
        }
        var values = [Double](repeating: 1000, count: series)
        let start = ContinuousClock.now
        for second in 0..<samples {
            let instant = Instant(milliseconds: 1_800_000_000_000 + Int64(second) * 1000)
            for (index, handle) in handles.enumerated() {
                values[index] += Double((index &* 31 &+ second &* 17) % 7 - 3)
                bench.series.append(handle, values[index], at: instant)
            }
        }
        let taken = ContinuousClock.now - start
        await bench.close()
        let synced = ContinuousClock.now - start
        let count = Double(series * samples)
        Figure("series_append", count / taken.inSeconds, "samples/s").report()
        Figure("series_append_synced", count / synced.inSeconds, "samples/s").report()
    }

    private func floor(_ workspace: Workspace) throws {
        var rate = 0.0
        let status = ops_floor_sqlite(workspace.file("floor.db"), 1000, 2, &rate)
        guard status == 0 else { throw BenchError("SQLite failed with \(status).") }
        Figure("series_row_floor", rate, "rows/s").report()
    }
}
