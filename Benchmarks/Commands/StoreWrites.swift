import ArgumentParser
import Logging
import OpsBenchFloor
import OpsCore
import Synchronization

/// Durable writes per second, beside bare SQLite.
struct StoreWrites: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Durable writes per second, beside bare SQLite in C.")

    @Option(help: "How often each is measured, alternating.") var rounds = 3
    @Option(help: "Seconds of one measurement.") var seconds = 2.0

    func run() async throws {
        let workspace = try Workspace()
        var floor: [Double] = []
        var results: [Int: [Double]] = [:]
        for round in 0..<max(1, rounds) {
            floor.append(try bareSQLite(workspace.file("floor-\(round).db")))
            for writers in [1, 50] {
                let path = workspace.file("store-\(round)-\(writers).db")
                results[writers, default: []].append(try await rate(path, writers: writers))
            }
        }
        report(floor.median, results)
    }

    private func report(_ floor: Double, _ results: [Int: [Double]]) {
        Figure("store_sqlite_floor", floor, "writes/s").report()
        for (writers, rates) in results.sorted(by: { $0.key < $1.key }) {
            let rate = rates.median
            Figure("store_\(writers)_writers", rate, "writes/s").report()
            Figure("store_\(writers)_writers_ratio", rate / floor, "ratio").report()
        }
    }

    private func bareSQLite(_ path: String) throws -> Double {
        var rate = 0.0
        let status = ops_floor_sqlite(path, 1, seconds, &rate)
        guard status == 0 else { throw BenchError("SQLite failed on \(path) with \(status).") }
        return rate
    }

    /// The rate of writers that each wait for their write before the next one.
    private func rate(_ path: String, writers: Int) async throws -> Double {
        let bench = try StoreBench(path)
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<writers {
                group.addTask(executorPreference: bench.loop) {
                    var count = 0
                    while ContinuousClock.now < end {
                        try await bench.write()
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let took = (ContinuousClock.now - start).inSeconds
        await bench.close()
        return Double(count) / took
    }
}
