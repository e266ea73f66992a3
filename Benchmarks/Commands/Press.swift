import ArgumentParser

/// Keeps a server busy from a process of its own while something else is measured.
struct Press: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Presses a method of a running daemon.", shouldDisplay: false)

    @Argument var socketPath: String
    @Argument var method: String
    @Option var params: String?
    @Option var connections = 1
    @Option var inFlight = 64
    @Option var seconds = 5.0

    func run() throws {
        let load = Load(
            request: LoadRequest(method: method, params: params), connections: connections,
            inFlight: inFlight, seconds: seconds)
        let result = try load.press(.socket(socketPath))
        Figure("press_\(load.name)", result.perSecond, "calls/s").report()
        Figure("press_\(load.name)_p99", result.p99, "us").report()
    }
}
