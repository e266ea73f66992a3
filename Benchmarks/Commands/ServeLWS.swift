import ArgumentParser
import OpsBenchFloor

/// The bare libwebsockets server's process.
struct ServeLWS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-lws", abstract: "Serves the libwebsockets floor.",
        shouldDisplay: false)

    @Argument var portPath: String

    func run() throws {
        guard ops_floor_lws(portPath) == 0 else { throw ExitCode.failure }
    }
}
