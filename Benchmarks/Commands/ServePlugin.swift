import ArgumentParser
import OpsBenchFloor

/// The plugin's process.
struct ServePlugin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-plugin", abstract: "Is a plugin that answers at once.",
        shouldDisplay: false)

    func run() throws {
        guard ops_floor_plugin() == 0 else { throw ExitCode.failure }
    }
}
