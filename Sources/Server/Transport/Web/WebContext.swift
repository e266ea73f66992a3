internal import CWebSockets
internal import Glibc
internal import OpsCore

/// The library's side of a server: its context on the platform's loop and its one virtual host.
///
/// Everything here is for the loop's thread.
final class WebContext: LoopGuest, @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// What is read at once, and the longest piece of a WebSocket message.
    private static let bufferBytes = 32 << 10

    /// Making a context touches how the process handles SIGPIPE, so one at a time.
    private static let creation = Monitor()

    private let loop: EventLoop
    private let clientCa: String?
    private let protocols: UnsafeMutablePointer<lws_protocols>
    private var uv: UnsafeMutableRawPointer?
    private var context: OpaquePointer?
    private var vhost: OpaquePointer?
    /// OpenSSL's context, where there is TLS.
    private(set) var tls: UnsafeMutableRawPointer?
    private var whenClosed: [@Sendable () -> Void] = []
    private var isClosing = false

    /// Makes a context whose events go to `webCallback`.
    ///
    /// - Throws: ``WebError`` or `LoopError` when the library or the loop refuses.
    static func open(
        _ configuration: WebConfiguration, on loop: EventLoop
    ) throws -> WebContext {
        if let reason = opsw_load_event_library() {
            throw WebError(
                "HTTP needs the package libwebsockets-evlib-uv: \(String(cString: reason))")
        }
        var options = opsw_options()
        options.callback = webCallback
        options.max_connections = CInt(configuration.settings.maxConnections)
        options.max_header_bytes = CInt(configuration.settings.maxHeaderBytes)
        options.buffer_bytes = CInt(bufferBytes)
        // What TLS can't send it wants to be given again, so that is not to be much.
        options.max_write_bytes = configuration.tls == nil ? 16 << 20 : 16 << 10
        guard let protocols = opsw_protocols(&options) else { throw WebError("no memory for HTTP") }
        let context = WebContext(loop, protocols, clientCa: configuration.tls?.clientCa)
        try context.open(&options, configuration.tls)
        return context
    }

    private init(
        _ loop: EventLoop, _ protocols: UnsafeMutablePointer<lws_protocols>, clientCa: String?
    ) {
        self.loop = loop
        self.protocols = protocols
        self.clientCa = clientCa
    }

    deinit { free(protocols) }

    private func open(_ options: inout opsw_options, _ files: TLSSettings?) throws {
        let uv = try loop.admit(self)
        self.uv = uv
        options.user = Unmanaged.passUnretained(self).toOpaque()
        context = Self.creation.locked { opsw_context(&options, protocols, uv) }
        guard let context else {
            loop.dismiss(self)
            throw WebError("libwebsockets does not start; its log lines say why")
        }
        vhost = Self.withPaths(files) { certificate, key in
            options.certificate = certificate
            options.key = key
            return opsw_vhost(context, &options, protocols)
        }
        guard vhost != nil, files == nil || tls != nil else {
            close {}
            throw WebError("TLS can't be set up; the log lines of libwebsockets say why")
        }
    }

    private static func withPaths<R>(
        _ files: TLSSettings?, _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> R
    ) -> R {
        guard let files else { return body(nil, nil) }
        return files.certificate.withCString { certificate in
            files.key.withCString { body(certificate, $0) }
        }
    }

    /// Takes OpenSSL's context over when the library has made it; false when it can't be set up.
    func setUp(tls: UnsafeMutableRawPointer?) -> Bool {
        guard let tls, opsw_tls_set_up(tls, clientCa) != 0 else { return false }
        self.tls = tls
        return true
    }

    /// Hands a connected socket over; `owner` is told of everything that happens on it.
    ///
    /// Nil when the library can't take it; the socket is closed then.
    func adopt(_ descriptor: CInt, for owner: WebConnection) -> OpaquePointer? {
        guard let vhost, !isClosing else {
            Glibc.close(descriptor)
            return nil
        }
        return opsw_adopt(vhost, descriptor, Unmanaged.passUnretained(owner).toOpaque())
    }

    // MARK: - The end

    func loopStops() { close {} }

    /// Closes every connection and the context; calls `done` when nothing of it is left.
    func close(_ done: @escaping @Sendable () -> Void) {
        guard context != nil else { return done() }
        whenClosed.append(done)
        guard !isClosing else { return }
        isClosing = true
        lws_context_destroy(context)
        finishWhenQuiet()
    }

    /// The library frees nothing on a loop that is not its own while libuv closes its handles: it
    /// wants to be asked again when they are closed, but does not say when that is.
    private func finishWhenQuiet() {
        guard let uv, let context else { return }
        guard opsw_open_handles(uv, context) == 0 else {
            return loop.nextTurn { [self] in finishWhenQuiet() }
        }
        lws_context_destroy(context)
        self.context = nil
        vhost = nil
        tls = nil
        loop.dismiss(self)
        let waiting = whenClosed
        whenClosed = []
        for done in waiting { done() }
    }
}
