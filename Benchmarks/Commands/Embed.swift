import ArgumentParser
import Glibc
import OpsCore
import OpsJSONRPC

/// How fast a platform answers in its own process, and how fast it comes and goes.
struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calls a second without a socket, and the time of a start and a stop.")

    @Option(help: "Calls of each kind.") var calls = 100_000
    @Option(help: "How often a platform is started and stopped.") var times = 50

    func run() async throws {
        let workspace = try Workspace()
        let platform = try await Platform.start(
            Platform.Options(dataDirectory: workspace.file("calls")))
        try await measureFromOutside(platform)
        try await measureOnLoop(platform)
        await platform.stop()
        try await measureLife(workspace)
    }

    /// From another thread: each call hops to the loop and back.
    private func measureFromOutside(_ platform: Platform) async throws {
        let start = ContinuousClock.now
        for _ in 0..<calls / 10 { _ = try await platform.call("system.ping") }
        report("embed_call", calls / 10, ContinuousClock.now - start)
    }

    /// From the loop itself, as a plugin calls.
    private func measureOnLoop(_ platform: Platform) async throws {
        let calls = calls
        let duration = try await Task(executorPreference: platform.loop) {
            let start = ContinuousClock.now
            for _ in 0..<calls { _ = try await platform.call("system.ping") }
            return ContinuousClock.now - start
        }.value
        report("embed_call_on_loop", calls, duration)
    }

    private func report(_ name: String, _ count: Int, _ duration: Duration) {
        Figure(name, Double(count) / (duration.milliseconds / 1000), "calls/s").report()
    }

    private func measureLife(_ workspace: Workspace) async throws {
        var durations: [Duration] = []
        for _ in 0..<times {
            let start = ContinuousClock.now
            let platform = try await Platform.start(
                Platform.Options(dataDirectory: workspace.file("life")))
            await platform.stop()
            durations.append(ContinuousClock.now - start)
        }
        Figure("embed_start_stop", durations.median).report()
    }
}
