import OpsJSONRPC

/// A daemon that monitors, on a folder of its own, and a client of it.
final class Monitor {
    let client: Client
    private let workspace: Workspace
    private let daemon: Daemon

    /// - Parameter concurrent: How many checks may run at a time; nil for the usual number.
    init(concurrent: Int? = nil) throws {
        workspace = try Workspace()
        let settings = concurrent.map { #""max_concurrent_checks": \#($0)"# } ?? ""
        let config = try workspace.write(
            #"{"schema": 1, "plugins": [{"name": "monitoring", "config": {\#(settings)}}]}"#,
            to: "plugins.json")
        daemon = try Daemon(workspace, config: config)
        client = try daemon.connect()
    }

    func stop() { daemon.stop() }

    func usage() throws -> ProcessUsage { try ProcessUsage(of: daemon.id) }

    /// How many checks have run since the start.
    func runs() throws -> Double { try client.call("check.stats")["runs"]?.double ?? 0 }

    /// Creates checks, a hundred at a time.
    func create(_ count: Int, _ check: (Int) -> JSON) throws {
        for first in stride(from: 0, to: count, by: 100) {
            try client.call("check.create", all: (first..<min(count, first + 100)).map(check))
        }
    }

    /// Applies a desired state; answers how long it took.
    func apply(_ state: JSON, making checks: Int) throws -> Double {
        let start = ContinuousClock.now
        let applied = try client.call("check.apply", ["state": state, "limit": 0])
        let took = (ContinuousClock.now - start).inSeconds
        let made = applied["counts"]?["made_checks"]?["created"]?.int
        guard made == checks else {
            throw BenchError("\(applied.text) was answered, not \(checks) checks")
        }
        return took
    }

    /// Lets the checks run for a while, and reports their rate and their price.
    func measure(_ name: String, seconds: Double, _ goal: Goal? = nil) throws {
        let (before, runsBefore) = (try usage(), try runs())
        let start = ContinuousClock.now
        Pause.seconds(seconds)
        let (after, runs) = (try usage(), try runs() - runsBefore)
        let took = (ContinuousClock.now - start).inSeconds
        let cpu = after.cpuSeconds - before.cpuSeconds
        Figure("\(name)_rate", runs / took, "runs/s", goal).report()
        Figure("\(name)_cpu", 100 * cpu / took, "percent").report()
        Figure("\(name)_cpu_per_run", 1e6 * cpu / max(1, runs), "us").report()
        Figure("\(name)_rss", after.residentMegabytes, "MB").report()
    }

    /// Reports how late the newest runs and the loop were.
    ///
    /// - Throws: ``BenchError`` when not all checks are OK.
    func reportLateness(_ name: String, of count: Int, p99 goal: Goal? = nil) throws {
        let (checks, system) = (try client.call("check.stats"), try client.call("system.stats"))
        let good = checks["states"]?["ok"]?.int ?? 0
        guard good == count else {
            throw BenchError("Only \(good) of \(count) checks are ok: \(checks.text)")
        }
        for (kind, figures, goal) in [
            ("lateness", checks["lateness_ms"], goal), ("loop_lag", system["loop_lag_ms"], nil),
        ] {
            for member in ["p50", "p99", "max"] {
                guard let value = figures?[member]?.double else {
                    throw BenchError("The daemon does not say \(kind) \(member).")
                }
                Figure("\(name)_\(kind)_\(member)", value, "ms", member == "p99" ? goal : nil)
                    .report()
            }
        }
    }
}
