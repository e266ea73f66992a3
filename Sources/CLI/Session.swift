import OpsJSONRPC
import OpsToken

/// What one run shares: the streams, the connection once it is needed, the commands once known.
final class Session {
    let surroundings: Surroundings
    let settings: Settings
    let out: Stream
    let err: Stream
    /// The command whose call failed, so that the report can spell fields as options.
    var failedCommand: Command?

    private var connection: Connection?
    /// Kept for the next connection: a descriptor can be read only once.
    private var token: String?
    private var known: Interface?
    private var mayBeOffline = false

    init(surroundings: Surroundings, settings: Settings) {
        self.surroundings = surroundings
        self.settings = settings
        out = surroundings.out(settings.noColor)
        err = surroundings.err(settings.noColor)
    }

    /// The connection, opened at first use.
    func connected() throws -> Connection {
        if let connection { return connection }
        let finder = SocketPath(variables: surroundings.variables, exists: surroundings.exists)
        // The daemon keeps a limit that was given; its answer then says so itself.
        let limit = settings.timeoutMs.map { settings.isTimeoutGiven ? $0 + 1000 : $0 }
        let opened = try Connection(
            path: try finder.find(settings.socket), timeoutMs: limit,
            waiting: WaitingSign(showsProgress ? err : nil, surroundings.glyphs),
            obeysInterrupt: settings.watchMs == nil)
        try showToken(to: opened)
        connection = opened
        return opened
    }

    /// Makes the connection act as the token that was given.
    private func showToken(to connection: Connection) throws {
        guard let path = settings.tokenPath else { return }
        let text = try token ?? TokenFile.read(path, with: surroundings.file).text
        token = text
        _ = try connection.call("token.use", ["token": .string(text)])
    }

    /// Whether somebody sees how far a call is.
    var showsProgress: Bool { !settings.quiet && err.isTerminal }

    /// Forgets a connection that broke, so that the next use opens another.
    func disconnect() {
        connection = nil
    }

    /// For commands that need no others.
    func useBuiltInCommands() {
        known = .offline
    }

    func useOfflineWhenUnreachable() {
        mayBeOffline = true
    }

    /// The commands: the daemon's document is asked for once.
    func interface() throws -> Interface {
        if let known { return known }
        let found: Interface
        do {
            found = Interface(document: try connected().call("rpc.discover"))
        } catch let failure as Failure where mayBeOffline && failure.exit == .unreachable {
            found = .offline
        }
        known = found
        return found
    }
}
