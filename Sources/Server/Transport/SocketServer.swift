public import Logging
public import OpsCore
internal import OpsJSONRPC

/// Serves a platform on a Unix socket: bytes to messages to the dispatcher and back.
public final class SocketServer: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// How long a stop waits for calls that are being answered.
    private static let stopPatience = Duration.seconds(3)

    let platform: Platform
    let settings: ServerSettings
    let logger: Logger
    var statistics = ServerStatistics()
    private let file: SocketFile
    private let time: any TimeSource
    private var listener: StreamListener?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var connectionsOfUser: [UInt32: Int] = [:]
    private var sweep: (any TimerToken)?
    private var whenEmpty: (@Sendable () -> Void)?

    private init(
        _ platform: Platform, _ file: SocketFile, _ settings: ServerSettings,
        _ time: any TimeSource, _ logger: Logger
    ) {
        self.platform = platform
        self.file = file
        self.settings = settings
        self.time = time
        self.logger = logger
    }

    /// Takes the place and starts to listen; see ``start(_:at:settings:time:logger:)``.
    ///
    /// - Throws: ``SocketError`` when the place is taken.
    public static func start(
        _ platform: Platform, path: String, settings: ServerSettings = ServerSettings(),
        time: any TimeSource = SystemTime(), logger: Logger
    ) async throws -> SocketServer {
        try await start(
            platform, at: try SocketFile(path), settings: settings, time: time, logger: logger)
    }

    /// Starts to listen at a place that is held.
    ///
    /// The socket can be used by its owner only, unless the settings say otherwise. Clients are
    /// known by the user and the groups that the kernel names.
    /// - Throws: ``LoopError`` when the kernel refuses; ``SocketError`` when there is no such group.
    public static func start(
        _ platform: Platform, at file: SocketFile, settings: ServerSettings = ServerSettings(),
        time: any TimeSource = SystemTime(), logger: Logger
    ) async throws -> SocketServer {
        let server = SocketServer(platform, file, settings, time, logger)
        // Looking up the group's name may block.
        let permissions = try await platform.loop.workers.run {
            try SocketMode.permissions(settings)
        }
        if platform.access.hasMembers, permissions.mode & 0o022 == 0 {
            logger.warning(
                "access.members gives others a role, but server.socket_mode lets nobody in but us",
                metadata: ["socket": "\(file.path)", "socket_mode": "\(settings.socketMode)"])
        }
        try await platform.loop.perform { try server.listen(permissions) }
        return server
    }

    private func listen(_ permissions: SocketPermissions) throws {
        let listener = try StreamListener.unix(
            path: file.path, permissions: permissions, on: platform.loop
        ) { [unowned self] stream in accept(stream) }
        listener.onError = { [logger] error in
            logger.error("a connection can't be accepted", metadata: ["error": "\(error)"])
        }
        self.listener = listener
        platform.addStatistics(of: "socket") { [self] in
            (try? JSON(encoding: currentStatistics)) ?? .null
        }
        armSweep()
    }

    /// Stops listening, lets calls that are being answered finish for a while, closes everything.
    public func stop() async {
        let loop = platform.loop
        let finished = await Deadline.run(Self.stopPatience, on: loop, time) {
            await withCheckedContinuation { continuation in
                loop.execute { self.drain { continuation.resume() } }
            }
        }
        if !finished { logger.warning("calls were still unanswered when the server stopped") }
        try? await loop.perform {
            for connection in self.connections.values { connection.close() }
        }
        platform.removeStatistics(of: "socket")
    }

    private func drain(_ done: @escaping @Sendable () -> Void) {
        listener?.close()
        listener = nil
        sweep?.cancel()
        whenEmpty = done
        // Those who wait for an event are answered; the others are about to be.
        platform.events.endWaits()
        for connection in connections.values { connection.finish() }
        finishIfEmpty()
    }

    private func finishIfEmpty() {
        guard connections.isEmpty else { return }
        whenEmpty?()
        whenEmpty = nil
    }

    // MARK: - Connections

    private func accept(_ stream: ByteStream) {
        guard let peer = PeerCredentials(descriptor: stream.descriptor) else {
            return refuse(stream, .unauthenticated("The kernel does not say who you are."))
        }
        guard connections.count < settings.maxConnections else {
            return refuse(
                stream, .busy("There are already \(settings.maxConnections) connections."))
        }
        let count = connectionsOfUser[peer.uid, default: 0]
        guard count < settings.maxConnectionsPerUser else {
            return refuse(stream, .busy("The user \(peer.uid) already has \(count) connections."))
        }
        statistics.accepted += 1
        connectionsOfUser[peer.uid] = count + 1
        let admission = platform.access.admit(uid: peer.uid, gids: peer.gids)
        let connection = Connection(
            stream, of: peer.uid, admittedAs: admission, server: self)
        connections[ObjectIdentifier(connection)] = connection
        connection.start()
    }

    private func refuse(_ stream: ByteStream, _ error: RPCError) {
        statistics.refused += 1
        var line: [UInt8] = []
        MessageWriter.error(error, id: .null, to: &line)
        stream.write(line)
        stream.shutdown { _ in stream.close() }
    }

    func didClose(_ connection: Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        let left = connectionsOfUser[connection.uid, default: 1] - 1
        connectionsOfUser[connection.uid] = left > 0 ? left : nil
        finishIfEmpty()
    }

    private var currentStatistics: ServerStatistics {
        var current = statistics
        current.connections = connections.count
        return current
    }

    // MARK: - Messages that never end, rights that do

    /// Looks once a second for connections that send a message without ever finishing it, and for
    /// those whose rights have ended.
    private func armSweep() {
        sweep = time.timer(on: platform.loop, after: .seconds(1)) { [self] in
            guard listener != nil else { return }
            let oldest = time.uptime() - .milliseconds(settings.partialFrameTimeoutMs)
            for connection in connections.values {
                connection.closeIfPartial(since: oldest)
                connection.closeIfRightsEnded()
            }
            armSweep()
        }
    }

    func uptime() -> Duration { time.uptime() }
}
