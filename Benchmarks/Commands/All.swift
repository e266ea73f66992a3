import ArgumentParser

/// Every figure, one after the other.
struct All: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures everything; takes about twelve minutes.")

    @Option(help: "The default configuration, for `idle`.") var config = "plugins.json"

    func run() async throws {
        try await OpsLoopBench.runOne(["ping"])
        try await OpsLoopBench.runOne(["web"])
        try await OpsLoopBench.runOne(["start"])
        try await OpsLoopBench.runOne(["idle", "--config", config])
        try await OpsLoopBench.runOne(["store"])
        try await OpsLoopBench.runOne(["writes"])
        try await OpsLoopBench.runOne(["events"])
        try await OpsLoopBench.runOne(["plugin"])
        try await OpsLoopBench.runOne(["zoo"])
        try await OpsLoopBench.runOne(["series"])
        try await OpsLoopBench.runOne(["series-million"])
        try await OpsLoopBench.runOne(["query-peers"])
        try await OpsLoopBench.runOne(["checks"])
        try await OpsLoopBench.runOne(["native"])
        try await OpsLoopBench.runOne(["executions"])
        try await OpsLoopBench.runOne(["apply"])
        try await OpsLoopBench.runOne(["inventory"])
        try await OpsLoopBench.runOne(["ticket-import"])
        try await OpsLoopBench.runOne(["embed"])
        Figure.printGoals()
    }
}

extension OpsLoopBench {
    /// Runs a subcommand with its defaults, as if it had been typed.
    fileprivate static func runOne(_ arguments: [String]) async throws {
        var command = try parseAsRoot(arguments)
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }
}
