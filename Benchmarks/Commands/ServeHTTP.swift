import ArgumentParser
import OpsBenchFloor

/// The web server's process; descriptor 3 is the listening socket.
struct ServeHTTP: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-http", abstract: "Serves the local web server.", shouldDisplay: false)

    func run() throws {
        guard ops_floor_http(3) == 0 else { throw ExitCode.failure }
    }
}
