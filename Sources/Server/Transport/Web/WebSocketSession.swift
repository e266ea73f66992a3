internal import CWebSockets
internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// A WebSocket: each text message is one JSON-RPC message, in both directions.
///
/// As on the Unix socket it reads on only while the client reads its answers and has not too many
/// calls unanswered. Answers of one turn of the loop are sent together.
final class WebSocketSession: Session, @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    let connection: WebConnection
    private let server: WebServer
    private let admission: Admission?
    private lazy var caller = makeCaller()
    /// The message that is arriving, as far as it has.
    private var incoming: [UInt8] = []
    private var answer: [UInt8] = []
    /// Whole frames that have not been handed to the library.
    private var out: [UInt8] = []
    /// What the library had been handed when it last could not send everything.
    private var handedBytes = 0
    private var isFlushScheduled = false
    private var isHeldBack = false
    private var isClosing = false
    private var isFinishing = false
    /// Without a token by then, the connection is closed.
    private var tokenDeadline: Duration?
    private var lastHeard: Duration
    private var hasBeenHeard = false
    private var isPinged = false
    private var endHandlers: [@Sendable () -> Void] = []
    /// Who waits for the client to read on, and until how little is left.
    private var roomWaiters: [(bytes: Int, body: @Sendable () -> Void)] = []
    /// Handed to the dispatcher with every message, hence made once.
    private var later: @Sendable ([UInt8]) -> Void = { _ in }

    /// Takes over a connection; without an admission it has to show a token first.
    init(_ connection: WebConnection, admission: Admission?) {
        self.connection = connection
        server = connection.server
        self.admission = admission
        let now = connection.server.uptime()
        lastHeard = now
        if admission == nil {
            tokenDeadline = now + .milliseconds(connection.server.settings.tokenTimeoutMs)
        }
        // These hold each other until `end`.
        later = { line in self.answerLater(line) }
    }

    private func makeCaller() -> Caller {
        let access: (any Access)? = admission == nil ? TokenAwaited() : admission?.access
        let caller = Caller(
            principal: admission?.principal ?? TokenAwaited.principal, access: access,
            session: self)
        caller.onRoom = { [unowned self] in readOn() }
        return caller
    }

    // MARK: - Input

    /// What somebody who has shown no token may make us keep in memory.
    private static let strangersBytes = 16 << 10

    private var isKnown: Bool { caller.principal != TokenAwaited.principal }

    func receive(_ bytes: UnsafeRawBufferPointer) -> CInt {
        guard let wsi = connection.wsi, !isClosing else { return -1 }
        server.statistics.bytesRead += bytes.count
        hasBeenHeard = true
        if lws_frame_is_binary(wsi) != 0 {
            return close(wsi, .binaryMessage)
        }
        let limit = server.limits.messageBytes
        guard incoming.count + bytes.count + lws_remaining_packet_payload(wsi) <= limit else {
            return close(wsi, .messageTooLarge)
        }
        let isComplete =
            lws_remaining_packet_payload(wsi) == 0 && lws_is_final_fragment(wsi) != 0
        guard isComplete, incoming.isEmpty else {
            incoming.append(contentsOf: bytes)
            guard isComplete else { return 0 }
            defer { incoming.removeAll(keepingCapacity: incoming.capacity <= 64 << 10) }
            return incoming.withUnsafeBytes { handle($0, wsi) }
        }
        return handle(bytes, wsi)
    }

    private func handle(_ bytes: UnsafeRawBufferPointer, _ wsi: OpaquePointer) -> CInt {
        server.statistics.messages += 1
        let message = MessageParser.parse(
            bytes.assumingMemoryBound(to: UInt8.self), server.messageLimits)
        // The answer is put together outside of this object, which others may use meanwhile.
        var text = answer
        answer = []
        server.platform.dispatcher.answer(message, from: caller, into: &text, later: later)
        enqueue(text)
        text.removeAll(keepingCapacity: text.capacity <= 1 << 20)
        answer = text
        guard !isHeldBack, mustWait else { return 0 }
        isHeldBack = true
        return lws_rx_flow_control(wsi, 0) == 0 ? 0 : -1
    }

    /// Whether the client has to read, or wait for an answer, before more of it is handled.
    private var mustWait: Bool {
        caller.pendingCalls >= server.limits.callsInFlight
            || queuedBytes > server.limits.unreadSoftBytes
    }

    private func readOn() {
        guard isHeldBack, !mustWait, let wsi = connection.wsi else { return }
        isHeldBack = false
        lws_rx_flow_control(wsi, 1)
    }

    // MARK: - Output

    private func answerLater(_ line: [UInt8]) {
        enqueue(line)
        readOn()
        finishIfDone()
    }

    /// Puts a message, in one piece or two, into a frame, without the line feed at the end of the first.
    private func enqueue(_ text: [UInt8], _ tail: [UInt8] = []) {
        guard !text.isEmpty, connection.wsi != nil, !isClosing else { return }
        // One long answer makes nobody a client that does not read: only what comes on top of
        // unread answers does.
        let isBehind = queuedBytes > server.limits.unreadSoftBytes
        let end = text.last == UInt8(ascii: "\n") ? text.count - 1 : text.count
        WebSocketFrame.appendTextHeader(length: end + tail.count, to: &out)
        out += text[..<end]
        out += tail
        if isBehind, queuedBytes > server.limits.unreadHardBytes {
            return closeForNotReading()
        }
        scheduleFlush()
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        server.platform.loop.nextTurn { [self] in flush() }
    }

    private func flush() {
        isFlushScheduled = false
        guard let wsi = connection.wsi, !out.isEmpty, lws_partial_buffered(wsi) == 0 else { return }
        guard write(wsi) == 0 else { return connection.kill() }
        readOn()
        finishIfDone()
    }

    /// Hands all frames over; between the parts of one the library would put frames of its own.
    private func write(_ wsi: OpaquePointer) -> CInt {
        let count = out.count
        let written = out.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.map { opsw_write(wsi, $0, count) } ?? 0
        }
        guard written >= 0 else { return -1 }
        server.statistics.bytesWritten += count
        out.removeAll(keepingCapacity: out.capacity <= 1 << 20)
        handedBytes = lws_partial_buffered(wsi) == 0 ? 0 : count
        callRoomWaiters()
        return 0
    }

    /// The socket takes bytes again, and the library has none left.
    func goOn() -> CInt {
        guard let wsi = connection.wsi else { return -1 }
        handedBytes = 0
        if !out.isEmpty, write(wsi) != 0 { return -1 }
        callRoomWaiters()
        readOn()
        finishIfDone()
        return 0
    }

    private func closeForNotReading() {
        isClosing = true
        server.statistics.closedForNotReading += 1
        server.logger.warning(
            "a client does not read its answers and is disconnected",
            metadata: ["address": "\(connection.peer)", "principal": "\(caller.principal)"])
        // A farewell would not be read either. Not at once: this may be one of its own events.
        server.platform.loop.nextTurn { [connection] in connection.kill() }
    }

    // MARK: - Session

    func notify(_ method: String, _ params: JSON) {
        var text: [UInt8] = []
        MessageWriter.notification(method: method, params: params, to: &text)
        enqueue(text)
    }

    func notify(written head: [UInt8], _ tail: [UInt8]) { enqueue(head, tail) }

    var queuedBytes: Int { handedBytes + out.count }

    func whenQueued(below bytes: Int, _ body: @escaping @Sendable () -> Void) {
        if connection.wsi == nil || queuedBytes < bytes {
            body()
        } else {
            roomWaiters.append((bytes, body))
        }
    }

    private func callRoomWaiters() {
        guard !roomWaiters.isEmpty else { return }
        let queued = queuedBytes
        let ready = roomWaiters.filter { queued < $0.bytes }
        roomWaiters.removeAll { queued < $0.bytes }
        for waiter in ready { waiter.body() }
    }

    func onEnd(_ body: @escaping @Sendable () -> Void) {
        if connection.wsi == nil { body() } else { endHandlers.append(body) }
    }

    // MARK: - Time

    func isHeard() { hasBeenHeard = true }

    func sweep(at now: Duration) {
        if let deadline = tokenDeadline {
            if isKnown {
                tokenDeadline = nil
            } else if now >= deadline {
                tokenDeadline = nil
                return beginClose(.noToken)
            }
        }
        if isClosing {
            // A farewell that has not gone out yet can't have been answered.
            if !isFlushScheduled { connection.kill() }
            return
        }
        // It may listen to events without ever calling again.
        if caller.access?.end != nil { return beginClose(.rightsEnded) }
        if hasBeenHeard {
            hasBeenHeard = false
            lastHeard = now
            isPinged = false
        }
        let silence = now - lastHeard
        let patience = Duration.milliseconds(server.settings.pingIntervalMs)
        if silence >= patience * 2 {
            server.statistics.timeouts += 1
            connection.kill()
        } else if silence >= patience, !isPinged, let wsi = connection.wsi {
            isPinged = true
            if opsw_ping(wsi) < 0 { connection.kill() }
        }
    }

    // MARK: - The end

    /// Says farewell; the client is to answer before the next sweep.
    private func beginClose(_ reason: WebSocketClose) {
        guard !isClosing, connection.wsi != nil else { return }
        reason.appendFrame(to: &out)
        isClosing = true
        scheduleFlush()
    }

    private func close(_ wsi: OpaquePointer, _ reason: WebSocketClose) -> CInt {
        isClosing = true
        reason.tell(wsi)
        return -1
    }

    /// Lets calls that are under way be answered, then says farewell and closes.
    func finish() {
        isFinishing = true
        finishIfDone()
    }

    private func finishIfDone() {
        guard isFinishing, !isClosing, caller.pendingCalls == 0, queuedBytes == 0 else { return }
        beginClose(.goingAway)
        // In the turn after the one in which the farewell goes out.
        server.platform.loop.nextTurn { [connection, server] in
            server.platform.loop.nextTurn { connection.kill() }
        }
    }

    func end() {
        later = { _ in }
        caller.disconnect()
        let handlers = endHandlers
        endHandlers = []
        for handler in handlers { handler() }
        let waiters = roomWaiters
        roomWaiters = []
        for waiter in waiters { waiter.body() }
    }
}
