import OpsJSONRPC

/// One run of the program, from its arguments to its exit code.
struct Program {
    var surroundings: Surroundings

    /// The path of every command: read the settings, find the command, run it, report a failure.
    func run(_ arguments: [String]) -> ExitCode {
        let early = settings(arguments)
        let session = Session(surroundings: surroundings, settings: early)
        do {
            let invocation = try understand(arguments, session)
            // Nothing may be done with other rights than those that were asked for.
            guard invocation.settings.tokenPath == early.tokenPath else {
                throw Failure.usage(
                    "the token could not be understood", hint: "give --token-file first")
            }
            return try CommandRunner(session: session, invocation: invocation).run()
        } catch let failure as Failure {
            report(failure, early, session.failedCommand)
            return Interrupt.hasCome ? .interrupted : failure.exit
        } catch {
            report(Failure(exit: .server, kind: "internal", message: "\(error)"), early, nil)
            return .server
        }
    }

    /// The settings that are known before there are commands.
    private func settings(_ arguments: [String]) -> Settings {
        let offline = parser(.offline)
        var settings = offline.settingsOnly(arguments)
        let isLive =
            offline.builtIn(arguments) == .top && !settings.isStructured
            && surroundings.out(settings.noColor).isTerminal
        if isLive, settings.watchMs == nil { settings.watchMs = Self.liveMs }
        return settings
    }

    /// How often a live view is drawn.
    private static let liveMs = 2000

    /// Some built-in commands need no other commands; the rest waits for the daemon's list.
    private func understand(_ arguments: [String], _ session: Session) throws -> Invocation {
        let offline = parser(.offline)
        switch offline.builtIn(arguments) {
        case .some(let builtIn) where builtIn.needsNoCommands:
            session.useBuiltInCommands()
            return try offline.parse(arguments)
        case .help, .complete:
            session.useOfflineWhenUnreachable()
        case .some, nil:
            guard offline.wantsOverview(arguments) else { break }
            session.settings.version
                ? session.useBuiltInCommands() : session.useOfflineWhenUnreachable()
        }
        return try parser(try session.interface()).parse(arguments)
    }

    private func parser(_ interface: Interface) -> CommandLineParser {
        CommandLineParser(
            interface: interface,
            values: ValueReader(now: surroundings.clock.now(), bytes: surroundings.bytes))
    }

    private func report(_ failure: Failure, _ settings: Settings, _ command: Command?) {
        let err = surroundings.err(settings.noColor)
        if settings.isStructured {
            err.line(failure.json.text)
        } else {
            err.write(failure.report(err.palette) { command?.flag(forField: $0) ?? $0 })
        }
    }
}
