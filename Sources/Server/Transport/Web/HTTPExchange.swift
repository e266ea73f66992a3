internal import CWebSockets
internal import Glibc
internal import OpsCore
internal import OpsJSONRPC

/// The requests and answers of one connection, one after the other.
///
/// ```
/// head -> body -> answering -> sending -> head        a call that takes its time, a long answer
/// head -> body ----------------------> head           everything at once
/// any -> ending                                       what follows can't be trusted
/// ```
/// While a call is under way nothing is read: the library would take what it reads for the body.
final class HTTPExchange: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    private enum Phase {
        case head, body, answering, sending, ending
    }

    /// Answers are written in pieces of this size.
    private static let pieceBytes = 256 << 10
    /// How long the other side may take to notice that we end the connection.
    private static let lingering = Duration.seconds(1)

    let connection: WebConnection
    private let server: WebServer
    private var phase = Phase.head
    private var deadline: Duration?
    private var head = AnswerHead()
    private var bodyLength = 0
    private var body: [UInt8] = []
    private var message: Message?
    var admission: Admission?
    private var knownToken: KnownToken?
    private var caller: Caller?
    /// Whether the head of the answer is all that is wanted.
    private var isWithoutBody = false
    /// The answer that is put together elsewhere.
    private var answering: Task<Void, Never>?
    /// Takes the body of a request that is not a call itself.
    var onBody: (([UInt8]) -> CInt)?
    private var out: [UInt8] = []
    private var sent = 0
    /// The last Host that was found to be ours; nearly every request has the same one.
    private var knownHost: [UInt8] = []
    /// Handed to the dispatcher with every message, hence made once.
    private var later: @Sendable ([UInt8]) -> Void = { _ in }

    init(_ connection: WebConnection) {
        self.connection = connection
        server = connection.server
        // These hold each other until `end`.
        later = { line in self.answerLater(line) }
    }

    // MARK: - Time

    func awaitHead(for time: Duration) { setDeadline(time) }

    private func setDeadline(_ time: Duration) { deadline = server.uptime() + time }

    func sweep(at now: Duration) {
        if phase == .answering, opsw_unread_bytes(connection.descriptor) < 0 {
            // Nobody waits for the answer any more.
            return connection.kill()
        }
        guard let deadline, now >= deadline else { return }
        self.deadline = nil
        if phase == .body { refuseLate() }
        connection.kill()
    }

    private func refuseLate() {
        server.statistics.timeouts += 1
        _ = refuse(
            HTTPRefusal(
                .requestTimeout, .deadlineExceeded("The body did not arrive in time."),
                endsConnection: true))
    }

    // MARK: - The head

    func begin(path: UnsafeRawBufferPointer) -> CInt {
        guard phase == .head, let wsi = connection.wsi else { return -1 }
        // The head is here; what comes next has a time of its own.
        deadline = nil
        let request = RequestHead(wsi, buffer: server.headerBuffer)
        guard server.platform.loop.isPolling || !request.mayHaveBody else { return endPipeline() }
        do throws(HTTPRefusal) {
            try prepare(request)
            return try route(path, request)
        } catch {
            return refuse(error, mayHaveBody: request.mayHaveBody)
        }
    }

    /// Ends a connection whose client did not wait for its answer before it sent a body.
    ///
    /// The library has put such a request aside, and comes back to it before it polls. It would
    /// take the head for the body then, and go round for ever.
    private func endPipeline() -> CInt {
        head = AnswerHead()
        let error = RPCError.invalidRequest(
            "Wait for the answer to a request before you send the next one.")
        _ = refuse(HTTPRefusal(.badRequest, error, endsConnection: true), mayHaveBody: false)
        return -1
    }

    /// Does what every request needs, whatever it is about.
    func prepare(_ request: RequestHead) throws(HTTPRefusal) {
        server.statistics.requests += 1
        head = AnswerHead()
        isWithoutBody = request.method == .head
        try request.check()
        try checkCaller(request)
    }

    var isReadingHead: Bool {
        guard phase == .head, let wsi = connection.wsi else { return false }
        return RequestHead(wsi, buffer: server.headerBuffer).method != nil
    }

    func refuseLongHead() {
        head = AnswerHead()
        isWithoutBody = false
        _ = refuse(
            HTTPRefusal(
                .headersTooLarge,
                .tooLarge(
                    "The head of a request may have \(server.settings.maxHeaderBytes) bytes."),
                endsConnection: true))
        // What has not been read when the connection is closed takes the answer along.
        opsw_skip(connection.descriptor)
    }

    /// Whether the request came by a name of ours, and from a page that may call if from a page.
    private func checkCaller(_ request: RequestHead) throws(HTTPRefusal) {
        let host = request.bytes(WSI_TOKEN_HOST)
        if host.isEmpty { throw .malformed("The header Host is missing.") }
        if !host.equals(knownHost) {
            let name = String(decoding: host, as: UTF8.self)
            guard server.policy.isOurs(name) else {
                throw .forbidden(
                    "This server is not \(name).", hint: "server.http.hosts lists its names.")
            }
            knownHost = Array(host)
        }
        guard let origin = request.text(WSI_TOKEN_ORIGIN) else { return }
        guard server.policy.mayCall(origin) else {
            throw .forbidden(
                "Pages of \(origin) may not call.", hint: "server.http.origins lists who may.")
        }
        head.origin = origin
    }

    private func route(
        _ path: UnsafeRawBufferPointer, _ request: RequestHead
    ) throws(HTTPRefusal) -> CInt {
        if path.equals("/rpc") { return try beginCall(request) }
        if path.equals("/healthz") { return try reportHealth(request) }
        if path.equals("/readyz") { return try reportReadiness(request) }
        if path.equals("/metrics") { return try reportMetrics(request) }
        if path.equals("/ws") {
            throw HTTPRefusal(
                .upgradeRequired, .invalidRequest("This is the place of a WebSocket."),
                headers: "Upgrade: websocket\r\n")
        }
        let text = String(decoding: path, as: UTF8.self)
        guard text.hasPrefix(Self.routePrefix) else { throw .notFound(text) }
        return try beginRoute(text, request)
    }

    // MARK: - Calls

    private func beginCall(_ request: RequestHead) throws(HTTPRefusal) -> CInt {
        let method = request.method
        if method == .options, head.origin != nil { return allowCalls() }
        guard method == .post else { throw .method(allowed: "POST") }
        admission = try admit(request)
        let type = request.bytes(WSI_TOKEN_HTTP_CONTENT_TYPE)
        guard MediaType.isJSON(type) else {
            throw HTTPRefusal(
                .unsupportedMediaType,
                .invalidRequest("The Content-Type must be application/json."),
                headers: "Accept-Post: application/json\r\n")
        }
        return try awaitBody(request, atMost: server.limits.messageBytes)
    }

    /// Who calls, by the token of the request.
    func admit(_ request: RequestHead) throws(HTTPRefusal) -> Admission {
        let header = request.bytes(WSI_TOKEN_HTTP_AUTHORIZATION)
        if header.isEmpty {
            var error = RPCError.unauthenticated("A token is needed.")
            error.hint = "Send the header Authorization: Bearer TOKEN."
            throw .unauthenticated(error)
        }
        if let admission = knownToken?.admission(for: header), admission.access?.end == nil {
            return admission
        }
        guard let token = BearerToken.text(in: header) else {
            throw .unauthenticated(
                .unauthenticated("The header Authorization must be Bearer and a token."))
        }
        do throws(RPCError) {
            let admission = try server.platform.access.admit(token: token)
            knownToken = KnownToken(header, admission)
            return admission
        } catch {
            knownToken = nil
            server.platform.access.noteDenial(
                of: "token.use", to: Principal("address:\(connection.peer)"), error)
            throw .unauthenticated(error)
        }
    }

    /// Answers a browser that asks whether a page may call.
    private func allowCalls() -> CInt {
        head.headers = """
            Access-Control-Allow-Methods: POST\r
            Access-Control-Allow-Headers: authorization, content-type\r
            Access-Control-Max-Age: 600\r\n
            """
        return answer(.noContent)
    }

    func awaitBody(
        _ request: RequestHead, atMost limit: Int
    ) throws(HTTPRefusal) -> CInt {
        guard let length = try request.contentLength() else {
            throw HTTPRefusal(
                .lengthRequired, .invalidRequest("The request needs a Content-Length."),
                endsConnection: true)
        }
        let expectation = request.text(WSI_TOKEN_HTTP_EXPECT)?.lowercased()
        guard length <= limit else {
            throw HTTPRefusal(
                .contentTooLarge, .tooLarge("A body may have \(limit) bytes, not \(length)."),
                endsConnection: expectation != nil || length > 16 * limit)
        }
        bodyLength = length
        phase = .body
        setDeadline(server.limits.bodyTime)
        switch expectation {
        case nil: return 0
        case "100-continue": return writeNow("HTTP/1.1 100 Continue\r\n\r\n")
        case let other?:
            throw HTTPRefusal(
                .expectationFailed, .invalidRequest("\(other) can't be expected."),
                endsConnection: true)
        }
    }

    private func writeNow(_ text: StaticString) -> CInt {
        guard let wsi = connection.wsi else { return -1 }
        var bytes = text.withUTF8Buffer { Array($0) }
        return opsw_write(wsi, &bytes, bytes.count) < 0 ? -1 : 0
    }

    // MARK: - The body

    func receive(_ bytes: UnsafeRawBufferPointer) -> CInt {
        server.statistics.bytesRead += bytes.count
        guard phase == .body else { return 0 }
        if body.isEmpty, bytes.count == bodyLength, onBody == nil {
            message = MessageParser.parse(
                bytes.assumingMemoryBound(to: UInt8.self), server.messageLimits)
        } else {
            body.append(contentsOf: bytes)
        }
        return 0
    }

    func bodyIsComplete() -> CInt {
        guard phase == .body else { return phase == .ending ? -1 : 0 }
        deadline = nil
        defer { body = [] }
        if let onBody { return onBody(body) }
        let whole =
            message
            ?? body.withUnsafeBufferPointer {
                MessageParser.parse($0, server.messageLimits)
            }
        message = nil
        return dispatch(whole)
    }

    private func dispatch(_ message: Message) -> CInt {
        guard let admission else { return -1 }
        let caller = Caller(
            principal: admission.principal, access: admission.access, session: nil)
        self.caller = caller
        server.statistics.messages += 1
        // The answer is put together outside of this object, which others may use meanwhile.
        var answer = out
        out = []
        server.appendJSONHead(head, to: &answer)
        let start = answer.count
        phase = .answering
        server.platform.dispatcher.answer(message, from: caller, into: &answer, later: later)
        out = answer
        if out.count > start {
            AnswerHead.setLength(out.count - start, endingAt: start, in: &out)
            return sendAtOnce()
        }
        out.removeAll(keepingCapacity: true)
        // What nobody waits for goes on by itself.
        return message.wantsAnswer ? hold() : self.answer(.noContent)
    }

    /// Reads nothing until the answer is there.
    private func hold() -> CInt {
        guard let wsi = connection.wsi else { return -1 }
        return lws_rx_flow_control(wsi, 0) == 0 ? 0 : -1
    }

    private func answerLater(_ line: [UInt8]) {
        guard phase == .answering, connection.wsi != nil else { return }
        server.appendJSONHead(head, to: &out)
        let start = out.count
        out += line
        AnswerHead.setLength(line.count, endingAt: start, in: &out)
        release()
    }

    /// Sends an answer that came later, and reads on.
    private func release() {
        guard let wsi = connection.wsi else { return }
        lws_rx_flow_control(wsi, 1)
        if send() != 0 { connection.kill() }
    }

    // MARK: - Answers

    func refuse(_ refusal: HTTPRefusal, mayHaveBody: Bool = true) -> CInt {
        server.statistics.refusals += 1
        head.headers = refusal.headers
        head.endsConnection = refusal.endsConnection
        var body: [UInt8] = []
        MessageWriter.error(refusal.error, id: .null, to: &body)
        let status = answer(refusal.status, body)
        guard refusal.endsConnection, status == 0 else { return status }
        guard mayHaveBody else { return -1 }
        // A connection that is closed with bytes unread takes the answer along.
        if !connection.isEncrypted { shutdown(connection.descriptor, CInt(SHUT_WR)) }
        return 0
    }

    func answer(_ status: HTTPStatus, _ body: [UInt8] = []) -> CInt {
        send(HTTPAnswer(status, body: body))
    }

    private func send(_ answer: HTTPAnswer) -> CInt {
        out.removeAll(keepingCapacity: true)
        head.headers += answer.headers
        server.appendHead(
            head, answer.status, type: answer.type, length: answer.body.count, to: &out)
        if !isWithoutBody { out += answer.body }
        return send()
    }

    /// Answers with what `make` returns, whenever that is.
    func answer(
        _ make: @escaping @Sendable (Platform) async -> HTTPAnswer
    ) -> CInt {
        phase = .answering
        let platform = server.platform
        answering = Task(executorPreference: platform.loop) { [self] in
            let answer = await make(platform)
            platform.loop.execute { self.answerLater(answer) }
        }
        return hold()
    }

    private func answerLater(_ answer: HTTPAnswer) {
        answering = nil
        guard phase == .answering, let wsi = connection.wsi else { return }
        lws_rx_flow_control(wsi, 1)
        if send(answer) != 0 { connection.kill() }
    }

    /// Writes the next piece of the answer; the result is what the event is to be answered with.
    private func send() -> CInt {
        guard let wsi = connection.wsi else { return -1 }
        let count = min(out.count - sent, Self.pieceBytes)
        let written = out.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.map { opsw_write(wsi, $0 + sent, count) } ?? 0
        }
        guard written >= 0 else { return -1 }
        server.statistics.bytesWritten += count
        sent += count
        guard sent == out.count else {
            phase = .sending
            setDeadline(server.limits.sendTime)
            lws_callback_on_writable(wsi)
            return 0
        }
        return complete(wsi)
    }

    /// Sends the answer to a request that has just arrived whole.
    private func sendAtOnce() -> CInt {
        let status = send()
        if status == 0, phase == .head, canSettle { server.didAnswerAtOnce(connection) }
        return status
    }

    /// Whether nothing of the answer is left in the library, which then has only to be told that
    /// the next request may come, before the loop polls again.
    private var canSettle: Bool {
        guard let wsi = connection.wsi, !connection.isEncrypted else { return false }
        return server.platform.loop.isPolling && lws_partial_buffered(wsi) == 0
    }

    private func complete(_ wsi: OpaquePointer) -> CInt {
        sent = 0
        out.removeAll(keepingCapacity: out.capacity <= 64 << 10)
        caller = nil
        admission = nil
        onBody = nil
        guard !head.endsConnection, !isFinishing else {
            phase = .ending
            deadline = server.uptime() + Self.lingering
            return isFinishing ? -1 : 0
        }
        phase = .head
        setDeadline(server.limits.idleTime)
        return lws_http_transaction_completed(wsi) == 0 ? 0 : -1
    }

    var queuedBytes: Int { phase == .sending ? out.count - sent : 0 }

    func goOn() -> CInt { phase == .sending ? send() : 0 }

    // MARK: - The end

    /// Who the WebSocket acts for that this connection becomes; nil when that is not known yet.
    func takeAdmission() -> Admission? {
        defer { admission = nil }
        return admission
    }

    private var isFinishing = false

    /// Lets the answer that is under way go out, then closes.
    func finish() {
        isFinishing = true
        if phase != .answering, phase != .sending { connection.kill() }
    }

    func end() {
        phase = .ending
        caller?.disconnect()
        caller = nil
        answering?.cancel()
        answering = nil
        later = { _ in }
        onBody = nil
        body = []
        out = []
    }
}
