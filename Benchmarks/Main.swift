import ArgumentParser

/// Measures OpsLoop, beside what plain C does on the same machine at the same time.
@main
enum Main {
    static func main() async {
        Cleanup.watchSignals()
        await OpsLoopBench.main()
    }
}

struct OpsLoopBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opsloop-bench",
        abstract: "Measures OpsLoop; prints one line `name value unit` a figure.",
        discussion: "A figure that ends in _floor is what plain C does; _ratio is our part of it.",
        subcommands: [
            Ping.self, Checks.self, Native.self, Apply.self, Executions.self, Idle.self, Start.self,
            StoreWrites.self, SeriesAppends.self, Replay.self, SeriesMillion.self,
            QueryPeers.self, Sizes.self, Embed.self,
            Writes.self, Events.self, PluginCalls.self,
            Zoo.self,
            ServeZoo.self, All.self, Press.self, ServeNotes.self, ServePlugin.self, ServeEcho.self,
            ServeHTTP.self,
            WebBench.self,
            InventoryBench.self, TicketImport.self,
            ServeLWS.self,
        ])
}
