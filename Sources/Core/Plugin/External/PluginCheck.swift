public import Logging

/// Asks the programs of a plan to describe themselves, before anything of them starts.
public enum PluginCheck {
    /// Starts each program for a moment and holds what it says against its entry.
    ///
    /// - Throws: ``PluginError``, the first mistake found.
    public static func run(
        _ plan: PluginPlan, version: String, logger: Logger
    ) async throws {
        guard !plan.programs.isEmpty else { return }
        let loop = try EventLoop(name: "check")
        try loop.start()
        let checker = Checker(loop: loop, version: version, logger: logger)
        do {
            for entry in plan.programs { try await checker.check(entry) }
        } catch {
            await loop.stop()
            throw error
        }
        await loop.stop()
    }

    private actor Checker {
        private let loop: EventLoop
        private let version: String
        private let logger: Logger

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(loop: EventLoop, version: String, logger: Logger) {
            self.loop = loop
            self.version = version
            self.logger = logger
        }

        func check(_ entry: PluginConfiguration) async throws {
            let time = SystemTime()
            let launch = PluginLaunch(
                entry: entry, loop: loop, time: time, version: version,
                log: PluginLog(time: time, logger: logger), ledger: nil)
            try await PluginTrial(launch).run()
        }
    }
}
