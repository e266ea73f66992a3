import ArgumentParser
import OpsBenchFloor

/// The process of a plugin that misbehaves.
struct ServeZoo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-zoo", abstract: "Is a plugin that misbehaves.", shouldDisplay: false)

    @Argument var how: String

    func run() throws {
        guard ops_floor_zoo(how) == 0 else { throw ExitCode.failure }
    }
}
