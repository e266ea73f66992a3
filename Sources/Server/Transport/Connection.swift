internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// One client: frames come in, answers and notifications go out.
///
/// It reads on only while the client reads its answers and has not too many calls unanswered, and
/// it handles only so many messages in a turn, so that no client starves the others.
final class Connection: Session, @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// A turn ends after this many messages, or this long.
    private static let turnMessages = 100
    private static let turnTime = Duration.milliseconds(5)
    /// Answers are gathered up to here before they are written.
    private static let gatherBytes = 64 << 10

    let uid: UInt32
    private let admission: Admission
    private unowned let server: SocketServer
    private let stream: ByteStream
    private let dispatcher: Dispatcher
    private let limits: MessageLimits
    private let maxInFlight: Int
    private let softBytes: Int
    private let hardBytes: Int
    private var caller: Caller?
    private var framer: Framer
    private var out: [UInt8] = []
    private var endHandlers: [@Sendable () -> Void] = []
    /// Since when a message has been incomplete.
    private var partialSince: Duration?
    /// No more input comes: the client closed its side, or the server stops.
    private var hasEnded = false
    /// Frames wait in the framer for the next turn, or for the client to read.
    private var isHeldBack = false
    private var isTurnScheduled = false
    private var isFlushScheduled = false
    /// Who waits for the client to read on, and until how little is left.
    private var roomWaiters: [(bytes: Int, body: @Sendable () -> Void)] = []
    private var isClosed = false
    /// Handed to the dispatcher with every message, hence made once.
    private var later: @Sendable ([UInt8]) -> Void = { _ in }

    init(
        _ stream: ByteStream, of uid: UInt32, admittedAs admission: Admission, server: SocketServer
    ) {
        self.uid = uid
        self.admission = admission
        self.server = server
        self.stream = stream
        dispatcher = server.platform.dispatcher
        limits = server.settings.messageLimits
        maxInFlight = server.settings.maxInFlight
        softBytes = server.settings.writeQueueSoftBytes
        hardBytes = server.settings.writeQueueHardBytes
        framer = Framer(maxFrameBytes: server.settings.maxFrameBytes)
    }

    func start() {
        let caller = Caller(
            principal: admission.principal, access: admission.access, session: self)
        caller.onRoom = { [unowned self] in goOn() }
        self.caller = caller
        // Strong, until `close`: weak references would make every retain of this class slow.
        later = { line in self.answerLater(line) }
        stream.onDrained = { [unowned self] in goOn() }
        stream.startReading(
            onData: { [unowned self] bytes in didRead(bytes) },
            onEnd: { [unowned self] end in didEnd(end) })
    }

    // MARK: - Input

    private func didRead(_ bytes: UnsafeRawBufferPointer) {
        server.statistics.bytesRead += bytes.count
        framer.append(bytes)
        handleFrames()
    }

    private func didEnd(_ end: StreamEnd) {
        switch end {
        case .failed:
            close()
        case .endOfFile:
            // A client that has closed its side may still read: it gets every answer.
            hasEnded = true
            if !isHeldBack { handleFrames() }
        }
    }

    /// Handles what has arrived, as far as this turn and the client's reading allow.
    private func handleFrames() {
        guard let caller, !isClosed else { return }
        var start: Duration?
        var handled = 0
        isHeldBack = isUnread
        frames: while !isHeldBack {
            if mustWait(caller) {
                isHeldBack = true
                break
            }
            if handled >= Self.turnMessages || (handled & 15 == 15 && isTurnOver(since: &start)) {
                takeAnotherTurn()
                break
            }
            switch nextFrame() {
            case .frame: answer(caller)
            case .needMore: break frames
            case .failed(let error): if !refuse(error) { return }
            }
            handled += 1
        }
        server.statistics.messages += handled
        flush()
        notePartialFrame(afterWholeOnes: handled > 0)
        adjustReading()
        closeIfDone()
    }

    /// The next whole frame; after the end of the input also one that was cut off.
    private func nextFrame() -> Framer.Next {
        let next = framer.next()
        return next == .needMore && hasEnded ? framer.finish() : next
    }

    private func answer(_ caller: Caller) {
        let message = framer.withFrame { MessageParser.parse($0, limits) }
        dispatcher.answer(message, from: caller, into: &out, later: later)
    }

    /// Answers a frame that can't be one, and returns whether the connection goes on.
    private func refuse(_ error: FramingError) -> Bool {
        let shown: RPCError
        switch error {
        case .tooLarge: shown = .tooLarge(error.description)
        case .badHeader: shown = .parseError(error.description)
        }
        MessageWriter.error(shown, id: .null, to: &out)
        guard !error.isRecoverable else { return true }
        flush()
        stream.stopReading()
        end()
        return false
    }

    /// Whether the client has to read, or wait for an answer, before more of it is handled.
    private func mustWait(_ caller: Caller) -> Bool {
        if caller.pendingCalls >= maxInFlight { return true }
        guard out.count >= Self.gatherBytes else { return false }
        flush()
        return isUnread
    }

    /// Whether the client leaves too much unread to be asked for more.
    private var isUnread: Bool { stream.queuedBytes > softBytes }

    /// The clock is read only when a turn has more than a few messages.
    private func isTurnOver(since start: inout Duration?) -> Bool {
        let now = server.uptime()
        guard let begin = start else {
            start = now
            return false
        }
        return now - begin > Self.turnTime
    }

    private func takeAnotherTurn() {
        isHeldBack = true
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        server.platform.loop.nextTurn { [self] in
            isTurnScheduled = false
            handleFrames()
        }
    }

    private func goOn() {
        callRoomWaiters()
        if isHeldBack { handleFrames() } else { closeIfDone() }
    }

    private func adjustReading() {
        guard !hasEnded, !isClosed else { return }
        if isHeldBack { stream.stopReading() } else { stream.resumeReading() }
    }

    // MARK: - Messages that never end

    private func notePartialFrame(afterWholeOnes isNew: Bool) {
        if isHeldBack || !framer.hasPartialFrame {
            partialSince = nil
        } else if isNew || partialSince == nil {
            partialSince = server.uptime()
        }
    }

    func closeIfPartial(since oldest: Duration) {
        guard let since = partialSince, since <= oldest else { return }
        partialSince = nil
        stream.stopReading()
        MessageWriter.error(
            .parseError("The message did not arrive in full in time."), id: .null, to: &out)
        flush()
        end()
    }

    // MARK: - Rights that end

    /// Closes the connection when nothing is left of the rights it lives on: it may listen to
    /// events without ever calling again.
    func closeIfRightsEnded() {
        guard !isClosed, !hasEnded, let end = caller?.access?.end else { return }
        stream.stopReading()
        MessageWriter.error(end, id: .null, to: &out)
        flush()
        self.end()
    }

    // MARK: - Output

    private func answerLater(_ line: [UInt8]) {
        guard !isClosed else { return }
        out += line
        flush()
        goOn()
    }

    private func flush() {
        guard !out.isEmpty, !isClosed else { return }
        // One long answer makes nobody a client that does not read: only what comes on top of
        // unread answers does.
        let isBehind = isUnread
        server.statistics.bytesWritten += out.count
        out.withUnsafeBytes { stream.write($0) }
        out.removeAll(keepingCapacity: out.capacity <= 1 << 20)
        if isBehind, stream.queuedBytes > hardBytes { closeForNotReading() }
        callRoomWaiters()
    }

    /// Writes with everything else that is to be sent in this turn: an event goes to many, and
    /// often with others.
    private func flushSoon() {
        if out.count >= Self.gatherBytes { return flush() }
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        server.platform.loop.nextTurn { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    private func closeForNotReading() {
        server.statistics.closedForNotReading += 1
        server.logger.warning(
            "a client does not read its answers and is disconnected", metadata: ["uid": "\(uid)"])
        close()
    }

    // MARK: - Session

    func notify(_ method: String, _ params: JSON) {
        guard !isClosed else { return }
        MessageWriter.notification(method: method, params: params, to: &out)
        flush()
    }

    func notify(written head: [UInt8], _ tail: [UInt8]) {
        guard !isClosed else { return }
        out += head
        out += tail
        out.append(UInt8(ascii: "\n"))
        flushSoon()
    }

    var queuedBytes: Int { stream.queuedBytes + out.count }

    func whenQueued(below bytes: Int, _ body: @escaping @Sendable () -> Void) {
        if isClosed || queuedBytes < bytes { body() } else { roomWaiters.append((bytes, body)) }
    }

    private func callRoomWaiters() {
        guard !roomWaiters.isEmpty else { return }
        let queued = isClosed ? 0 : queuedBytes
        let ready = roomWaiters.filter { queued < $0.bytes }
        roomWaiters.removeAll { queued < $0.bytes }
        for waiter in ready { waiter.body() }
    }

    func onEnd(_ body: @escaping @Sendable () -> Void) {
        if isClosed { body() } else { endHandlers.append(body) }
    }

    // MARK: - The end

    /// Reads no more, and closes once every call is answered.
    func finish() {
        stream.stopReading()
        hasEnded = true
        if !isHeldBack { closeIfDone() }
    }

    private func closeIfDone() {
        guard hasEnded, !isHeldBack, !isClosed, caller?.pendingCalls == 0 else { return }
        if stream.queuedBytes == 0 { end() }
    }

    /// Sends what is queued, then closes.
    private func end() {
        hasEnded = true
        stream.shutdown { [self] _ in close() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        stream.close()
        later = { _ in }
        caller?.disconnect()
        let handlers = endHandlers
        endHandlers = []
        for handler in handlers { handler() }
        callRoomWaiters()
        server.didClose(self)
    }
}
