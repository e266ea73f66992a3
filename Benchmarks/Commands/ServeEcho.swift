import ArgumentParser
import OpsBenchFloor

/// The echo server's process.
struct ServeEcho: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the echo floor.", shouldDisplay: false)

    @Argument var socketPath: String

    func run() throws {
        guard ops_floor_echo(socketPath) == 0 else { throw ExitCode.failure }
    }
}
