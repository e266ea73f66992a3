internal import CWebSockets
internal import Glibc
internal import OpsCore

/// One TCP connection: first HTTP, later perhaps a WebSocket.
///
/// The library's half of it lives longer than it is open: libuv closes its handle a turn later.
/// Until then the library holds this object.
final class WebConnection: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    let server: WebServer
    /// The address of the other side.
    let peer: String
    let descriptor: CInt
    /// The library's half, while the connection is open.
    private(set) var wsi: OpaquePointer?
    // These hold this object, until the library has forgotten the connection.
    private var exchange: HTTPExchange?
    private var socket: WebSocketSession?

    init(_ descriptor: CInt, from peer: String, server: WebServer) {
        self.descriptor = descriptor
        self.peer = peer
        self.server = server
    }

    /// Hands the socket to the library; false when it does not want it.
    func start(in context: WebContext) -> Bool {
        // Released when the library has forgotten the connection.
        let held = Unmanaged.passRetained(self)
        guard let wsi = context.adopt(descriptor, for: self) else {
            held.release()
            return false
        }
        self.wsi = wsi
        exchange = HTTPExchange(self)
        exchange?.awaitHead(for: .milliseconds(server.settings.headerTimeoutMs))
        return true
    }

    func handle(
        _ reason: lws_callback_reasons, _ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer
    ) -> CInt {
        switch reason {
        case LWS_CALLBACK_HTTP: return exchange?.begin(path: bytes) ?? -1
        case LWS_CALLBACK_HTTP_BODY: return exchange?.receive(bytes) ?? -1
        case LWS_CALLBACK_HTTP_BODY_COMPLETION: return exchange?.bodyIsComplete() ?? -1
        case LWS_CALLBACK_HTTP_WRITEABLE: return exchange?.goOn() ?? -1
        case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return exchange?.upgrade() ?? -1
        case LWS_CALLBACK_ESTABLISHED: establish(wsi)
        case LWS_CALLBACK_RECEIVE: return socket?.receive(bytes) ?? -1
        case LWS_CALLBACK_RECEIVE_PONG: socket?.isHeard()
        case LWS_CALLBACK_SERVER_WRITEABLE: return socket?.goOn() ?? -1
        case LWS_CALLBACK_CLOSED, LWS_CALLBACK_CLOSED_HTTP: end()
        case LWS_CALLBACK_WSI_DESTROY: forget()
        default: break
        }
        return 0
    }

    private func establish(_ wsi: OpaquePointer) {
        socket = WebSocketSession(self, admission: exchange?.takeAdmission())
    }

    var isEncrypted: Bool { server.configuration.tls != nil }

    /// The bytes that the other side has not read yet.
    var queuedBytes: Int { socket?.queuedBytes ?? exchange?.queuedBytes ?? 0 }

    /// Whether the head of a request has arrived in part.
    var isReadingHead: Bool { exchange?.isReadingHead ?? false }

    func refuseLongHead() { exchange?.refuseLongHead() }

    // MARK: - Time

    /// Closes the connection when it has been given enough time; once a second.
    func sweep(at now: Duration) {
        guard wsi != nil else { return }
        if let socket { socket.sweep(at: now) } else { exchange?.sweep(at: now) }
    }

    /// Spares the library the wait for a kernel that has just taken a whole answer.
    func settle() {
        guard let wsi else { return }
        opsw_settle(wsi, descriptor)
    }

    // MARK: - The end

    /// Lets what is under way finish, then closes.
    func finish() {
        if let socket { socket.finish() } else { exchange?.finish() }
    }

    /// Closes at once.
    ///
    /// Not from within an event of this connection: those close it by their answer.
    func kill() {
        guard let wsi else { return }
        opsw_kill(wsi)
    }

    private func end() {
        guard wsi != nil else { return }
        wsi = nil
        socket?.end()
        exchange?.end()
        server.didClose(self)
    }

    private func forget() {
        end()
        socket = nil
        exchange = nil
        Unmanaged.passUnretained(self).release()
    }
}
