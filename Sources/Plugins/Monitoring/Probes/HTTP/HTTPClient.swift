internal import CCurl
internal import OpsCore

/// An HTTP client on the loop: thousands of requests share its thread.
///
/// libcurl tells which sockets and which time it waits for; the loop does the waiting.
///
/// `@unchecked Sendable`: everything but `loop` is for the loop's thread; the public verbs go there.
final class HTTPClient: @unchecked Sendable {
    /// How many idle connections are kept, over all servers.
    private static let maxIdleConnections = 256
    /// How many transfer handles are kept for reuse; each holds some 20 KiB.
    private static let maxSpareHandles = 64
    /// libcurl wants to be set up once in a process.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let loop: EventLoop
    private let timer: LoopTimer
    private var multi: UnsafeMutableRawPointer?
    private var isClosed = false
    private var spare: [EasyHandle] = []
    private var transfers: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    private var sockets: [curl_socket_t: PollHandle] = [:]

    /// Makes a client; it costs nothing until the first request.
    init(loop: EventLoop) {
        self.loop = loop
        timer = LoopTimer(on: loop)
    }

    deinit {
        precondition(multi == nil, "BUG DETECTED: an HTTPClient went away without close().")
    }

    // MARK: - Requests

    /// Sends a request and returns what became of it within `timeout`; a failure is a result too.
    func send(_ request: HTTPRequest, timeout: Duration) async -> HTTPExchange {
        let transfer = HTTPTransfer(request, timeout: timeout)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.executeNow {
                    transfer.wait(continuation)
                    self.start(transfer)
                }
            }
        } onCancel: {
            loop.executeNow { self.cancel(transfer) }
        }
    }

    /// Ends all requests and gives everything back; the client cannot be used any more.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.executeNow {
                self.shutDown()
                continuation.resume()
            }
        }
    }

    private func start(_ transfer: HTTPTransfer) {
        guard case .waiting = transfer.progress else { return }
        guard !isClosed, let multi = readyMulti(), let easy = spare.popLast() ?? EasyHandle() else {
            return transfer.fail(HTTPFailure(reason: "The HTTP client is closed", isOurs: true))
        }
        easy.prepare(transfer.request, timeout: transfer.timeout)
        easy.deliver(to: Unmanaged.passUnretained(transfer).toOpaque()) { data, _, count, context in
            guard let data, let context else { return 0 }
            return Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
                .receive(UnsafeRawBufferPointer(start: data, count: count))
        }
        transfer.progress = .running(easy)
        transfers[easy.curl] = transfer
        let code = curl_multi_add_handle(multi, easy.curl)
        if code != CURLM_OK {
            transfers[easy.curl] = nil
            let words = String(cString: curl_multi_strerror(code))
            transfer.fail(HTTPFailure(reason: "The HTTP client failed: \(words)", isOurs: true))
        }
    }

    private func cancel(_ transfer: HTTPTransfer) {
        switch transfer.progress {
        case .over: return
        case .waiting: break
        case .running(let easy): release(easy)
        }
        transfer.fail(.cancelled)
    }

    private func release(_ easy: EasyHandle) {
        transfers[easy.curl] = nil
        if let multi { curl_multi_remove_handle(multi, easy.curl) }
        guard spare.count < Self.maxSpareHandles else { return }
        easy.reset()
        spare.append(easy)
    }

    // MARK: - libcurl

    private func readyMulti() -> UnsafeMutableRawPointer? {
        if let multi { return multi }
        guard Self.isLibraryReady, let multi = curl_multi_init() else { return nil }
        let context = Unmanaged.passUnretained(self).toOpaque()
        opsl_curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
        // One connection a request: two checks of a server must not wait for each other.
        opsl_curl_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        opsl_curl_multi_setopt_socket(
            multi,
            { _, socket, wanted, context, _ in
                HTTPClient.of(context)?.watch(socket, wanted)
                return 0
            }, context)
        opsl_curl_multi_setopt_timer(
            multi,
            { _, milliseconds, context in
                HTTPClient.of(context)?.wake(inMilliseconds: milliseconds)
                return 0
            }, context)
        self.multi = multi
        return multi
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> HTTPClient? {
        context.map { Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue() }
    }

    /// libcurl wants to know when the socket is ready, or no longer.
    private func watch(_ socket: curl_socket_t, _ wanted: CInt) {
        if wanted == CURL_POLL_REMOVE {
            sockets.removeValue(forKey: socket)?.close()
            return
        }
        guard let handle = sockets[socket] ?? poll(socket) else {
            // Nobody would ever wake this transfer: let libcurl meet the error at once.
            return loop.execute { self.act(socket, CURL_CSELECT_ERR) }
        }
        handle.start(
            readable: wanted & CURL_POLL_IN != 0, writable: wanted & CURL_POLL_OUT != 0
        ) { [unowned self] ready in
            act(socket, Self.events(ready))
        }
    }

    private func poll(_ socket: curl_socket_t) -> PollHandle? {
        let handle = try? PollHandle(on: loop, descriptor: socket)
        sockets[socket] = handle
        return handle
    }

    private static func events(_ ready: Result<PollEvents, LoopError>) -> CInt {
        switch ready {
        case .success(let events):
            (events.contains(.readable) ? CURL_CSELECT_IN : 0)
                | (events.contains(.writable) ? CURL_CSELECT_OUT : 0)
        case .failure: CURL_CSELECT_ERR
        }
    }

    /// libcurl wants to be called at that time, and not from here; -1 takes it back.
    private func wake(inMilliseconds milliseconds: Int) {
        guard milliseconds >= 0 else { return timer.cancel() }
        timer.start(after: .milliseconds(milliseconds)) { [unowned self] in
            act(CURL_SOCKET_TIMEOUT, 0)
        }
    }

    private func act(_ socket: curl_socket_t, _ events: CInt) {
        guard let multi else { return }
        var running: CInt = 0
        curl_multi_socket_action(multi, socket, events, &running)
        finishDone(multi)
    }

    private func finishDone(_ multi: UnsafeMutableRawPointer) {
        var code = CURLE_OK
        while let done = opsl_curl_multi_next_done(multi, &code) {
            guard let transfer = transfers[done], case .running(let easy) = transfer.progress else {
                continue
            }
            transfer.finish(code, easy)
            release(easy)
        }
    }

    private func shutDown() {
        isClosed = true
        for transfer in Array(transfers.values) { cancel(transfer) }
        spare = []
        timer.cancel()
        if let multi { curl_multi_cleanup(multi) }
        multi = nil
        for handle in sockets.values { handle.close() }
        sockets = [:]
    }
}
