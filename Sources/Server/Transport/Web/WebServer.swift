internal import CWebSockets
internal import Glibc
public import Logging
public import OpsCore
internal import OpsJSONRPC
internal import OpsTransport

/// Serves a platform by HTTP and WebSocket, with TLS where it is asked for.
public final class WebServer: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// How long a stop waits for calls that are being answered.
    private static let stopPatience = Duration.seconds(3)

    let platform: Platform
    let configuration: WebConfiguration
    let logger: Logger
    let limits: WebLimits
    let messageLimits: MessageLimits
    var policy = HostPolicy([], hosts: [], origins: [])
    var statistics = WebStatistics()
    /// Headers are read into this one buffer, one at a time.
    let headerBuffer: UnsafeMutableRawBufferPointer
    private let time: any TimeSource
    private var context: WebContext?
    private var listeners: [WebListener] = []
    private var connections: [ObjectIdentifier: WebConnection] = [:]
    private var connectionsOfAddress: [String: Int] = [:]
    private var sweep: (any TimerToken)?
    private var whenEmpty: (@Sendable () -> Void)?
    private var date = HTTPDate()
    /// The head that nearly every answer has, as it is in that second.
    private var plainHead: (second: Int64, text: [UInt8]) = (-1, [])
    /// Connections whose answer went out in this turn of the loop.
    private var answered: [WebConnection] = []

    private init(
        _ platform: Platform, _ configuration: WebConfiguration, _ time: any TimeSource,
        _ logger: Logger
    ) {
        self.platform = platform
        self.configuration = configuration
        self.time = time
        self.logger = logger
        limits = WebLimits(configuration)
        messageLimits = configuration.messageLimits
        headerBuffer = .allocate(
            byteCount: configuration.settings.maxHeaderBytes + 1, alignment: 16)
    }

    deinit { headerBuffer.deallocate() }

    var settings: WebSettings { configuration.settings }

    // MARK: - The start

    /// Starts to listen on every address of the configuration.
    ///
    /// - Throws: ``WebError`` or `LoopError` when an address is taken or TLS can't be set up.
    public static func start(
        _ platform: Platform, _ configuration: WebConfiguration,
        time: any TimeSource = SystemTime(), logger: Logger
    ) async throws -> WebServer {
        let server = WebServer(platform, configuration, time, logger)
        do {
            try await platform.loop.perform { try server.listen() }
        } catch {
            await server.stop()
            throw error
        }
        return server
    }

    /// The addresses that are listened on, with the ports that the system has chosen.
    public private(set) var addresses: [String] = []

    private func listen() throws {
        WebLog.listen(self, on: platform.loop, logger) { [unowned self] in refuseLongHead() }
        context = try WebContext.open(configuration, on: platform.loop)
        for address in configuration.addresses {
            listeners.append(
                try WebListener(address, on: platform.loop) { [unowned self] in accept($0, $1) })
        }
        let bound = listeners.map(\.address)
        addresses = bound.map(\.description)
        policy = HostPolicy(bound, hosts: settings.hosts, origins: settings.origins)
        platform.addStatistics(of: "http") { [self] in
            (try? JSON(encoding: currentStatistics)) ?? .null
        }
        platform.setReload(of: "http") { [weak self] in try await self?.reloadCertificates() }
        armSweep()
    }

    /// Uses the certificate that lies on the disk now for the connections to come.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` whose field is the file at fault; nothing has changed then.
    public func reloadCertificates() async throws {
        guard let files = configuration.tls.map(CertificateFiles.init) else { return }
        try await platform.loop.perform { [self] in
            guard let tls = context?.tls else { return }
            try files.replace(in: tls)
        }
    }

    // MARK: - The stop

    /// Stops listening, lets calls that are being answered finish for a while, closes everything.
    public func stop() async {
        let loop = platform.loop
        let finished = await Deadline.run(Self.stopPatience, on: loop, time) {
            await withCheckedContinuation { continuation in
                loop.execute { self.drain { continuation.resume() } }
            }
        }
        if !finished { logger.warning("calls were still unanswered when the server stopped") }
        platform.removeStatistics(of: "http")
        platform.setReload(of: "http", nil)
        await withCheckedContinuation { continuation in
            loop.execute { self.closeContext { continuation.resume() } }
        }
    }

    private func drain(_ done: @escaping @Sendable () -> Void) {
        for listener in listeners { listener.close() }
        listeners = []
        sweep?.cancel()
        whenEmpty = done
        // Those who wait for an event are answered; the others are about to be.
        platform.events.endWaits()
        for connection in Array(connections.values) { connection.finish() }
        finishIfEmpty()
    }

    private func finishIfEmpty() {
        guard connections.isEmpty else { return }
        whenEmpty?()
        whenEmpty = nil
    }

    private func closeContext(_ done: @escaping @Sendable () -> Void) {
        guard let context else { return done() }
        self.context = nil
        context.close { [self] in
            WebLog.forget(self)
            done()
        }
    }

    // MARK: - Connections

    private func accept(_ descriptor: CInt, _ peer: String) {
        let count = connectionsOfAddress[peer, default: 0]
        guard connections.count < settings.maxConnections,
            count < settings.maxConnectionsPerAddress, let context
        else {
            statistics.refused += 1
            close(descriptor)
            return
        }
        let connection = WebConnection(descriptor, from: peer, server: self)
        guard connection.start(in: context) else { return }
        statistics.accepted += 1
        connections[ObjectIdentifier(connection)] = connection
        connectionsOfAddress[peer] = count + 1
    }

    func didClose(_ connection: WebConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        let left = connectionsOfAddress[connection.peer, default: 1] - 1
        connectionsOfAddress[connection.peer] = left > 0 ? left : nil
        finishIfEmpty()
    }

    /// Lets the library know, when this turn's events are over, that the connection takes bytes.
    ///
    /// Before it looks for the next request it waits until the kernel says so: that is a turn of
    /// the loop and four calls of the kernel. But the kernel has just taken the whole answer.
    func didAnswerAtOnce(_ connection: WebConnection) {
        if answered.isEmpty { platform.loop.nextTurn { self.settleAnswered() } }
        answered.append(connection)
    }

    private func settleAnswered() {
        let ready = answered
        answered = []
        for connection in ready { connection.settle() }
    }

    /// Answers the one connection whose head is being read, before the library hangs up on it.
    private func refuseLongHead() {
        let candidates = connections.values.filter { $0.isReadingHead }
        // With several it can't be known which it is, and the others must not get this answer.
        if candidates.count == 1 { candidates.first?.refuseLongHead() }
    }

    private var currentStatistics: WebStatistics {
        var current = statistics
        current.listening = addresses
        current.connections = connections.count
        current.queuedBytes = connections.values.reduce(0) { $0 + $1.queuedBytes }
        return current
    }

    // MARK: - Time

    /// Looks once a second for connections that have had their time.
    private func armSweep() {
        sweep = time.timer(on: platform.loop, after: .seconds(1)) { [weak self] in
            guard let self, !listeners.isEmpty else { return }
            let now = time.uptime()
            for connection in Array(connections.values) { connection.sweep(at: now) }
            for listener in listeners { listener.resume() }
            armSweep()
        }
    }

    func uptime() -> Duration { time.uptime() }

    // MARK: - Answers

    /// Appends the head of an answer in JSON, with room for the length of what follows.
    func appendJSONHead(_ head: AnswerHead, to out: inout [UInt8]) {
        guard head.isPlain else {
            return appendHead(head, 200, type: "application/json", length: nil, to: &out)
        }
        let second = time.now().milliseconds / 1000
        if plainHead.second != second {
            var text: [UInt8] = []
            appendHead(head, 200, type: "application/json", length: nil, to: &text)
            plainHead = (second, text)
        }
        out += plainHead.text
    }

    /// Appends the head of an answer; a length that is not known yet gets room.
    func appendHead(
        _ head: AnswerHead, _ status: Int, type: String, length: Int?,
        to out: inout [UInt8]
    ) {
        out.append("HTTP/1.1 ")
        out.append(decimal: status)
        out.append(" ")
        // The words may be missing, the space before them not.
        if let known = HTTPStatus(rawValue: status) { out.append(known.phrase) }
        out.append("\r\nDate: ")
        date.append(time.now(), to: &out)
        out.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n")
        if let origin = head.origin {
            out += "Access-Control-Allow-Origin: \(origin)\r\nVary: Origin\r\n".utf8
        }
        if !head.headers.isEmpty { out += head.headers.utf8 }
        if head.endsConnection { out.append("Connection: close\r\n") }
        if status != HTTPStatus.noContent.rawValue {
            out.append("Content-Type: ")
            out += type.utf8
            out.append("\r\nContent-Length:           ")
            if let length { AnswerHead.setLength(length, endingAt: out.count + 4, in: &out) }
            out.append("\r\n")
        }
        out.append("\r\n")
    }
}
