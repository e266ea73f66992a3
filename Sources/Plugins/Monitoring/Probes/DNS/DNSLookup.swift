internal import CCares
internal import OpsCore

/// One question to a DNS server.
///
/// c-ares tells which sockets and which time it waits for; the loop does the waiting.
///
/// `@unchecked Sendable`: everything but the question is for the loop's thread, to which the public
/// verb goes.
final class DNSLookup: @unchecked Sendable {
    /// What fits into one packet everywhere, by the agreement of all who run servers.
    private static let maxUDPBytes: CInt = 1232

    private let question: DNSQuestion
    private let transport: DNSTransport
    /// Such as `[::1]:53`; nil for the system's servers.
    private let server: String?
    private let loop: EventLoop
    /// Ends the question.
    private let deadline: LoopTimer
    /// Asks again, since a packet may get lost.
    private let repetition: LoopTimer
    /// Wakes c-ares.
    private let timer: LoopTimer
    private var channel: DNSChannel?
    private var sockets: [CInt: PollHandle] = [:]
    private var continuation: CheckedContinuation<DNSOutcome.Ending, Never>?
    private var ending: DNSOutcome.Ending?

    init(_ question: DNSQuestion, server: String?, transport: DNSTransport, on loop: EventLoop) {
        self.question = question
        self.server = server
        self.transport = transport
        self.loop = loop
        deadline = LoopTimer(on: loop)
        repetition = LoopTimer(on: loop)
        timer = LoopTimer(on: loop)
    }

    /// Asks, and answers what came of it within `limit`.
    func carryOut(within limit: Duration) async -> DNSOutcome.Ending {
        let channel: DNSChannel
        do {
            channel = try await open(limit)
        } catch let failure as DNSFailure {
            return .impossible(reason: failure.reason)
        } catch {
            return error is CancellationError ? .cancelled : .impossible(reason: "\(error)")
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute { self.start(channel, limit, continuation) }
            }
        } onCancel: {
            loop.execute { self.end(.cancelled) }
        }
    }

    private func open(_ limit: Duration) async throws -> DNSChannel {
        guard server == nil else { return try make(limit) }
        return try await loop.workers.run { try self.make(limit) }
    }

    private func make(_ limit: Duration) throws(DNSFailure) -> DNSChannel {
        try DNSChannel(
            server: server, transport: transport, timeout: limit,
            context: Unmanaged.passUnretained(self).toOpaque()
        ) { context, socket, readable, writable in
            DNSLookup.of(context)?.watch(socket, readable: readable != 0, writable: writable != 0)
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> DNSLookup? {
        context.map { Unmanaged<DNSLookup>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - The question

    private func start(
        _ channel: DNSChannel, _ limit: Duration,
        _ continuation: CheckedContinuation<DNSOutcome.Ending, Never>
    ) {
        // The task may have been cancelled before it came here.
        if let ending { return continuation.resume(returning: ending) }
        self.continuation = continuation
        self.channel = channel
        deadline.start(after: max(limit, .zero)) { self.end(.timedOut) }
        if server != nil, transport == .udp {
            repetition.start(after: limit / 3) { self.ask() }
        }
        ask()
    }

    private func ask() {
        guard let channel else { return }
        var query: UnsafeMutablePointer<UInt8>?
        var count: CInt = 0
        let status = ares_create_query(
            question.name, 1, CInt(question.type.number), UInt16.random(in: 0...UInt16.max),
            question.wantsRecursion ? 1 : 0, &query, &count, Self.maxUDPBytes)
        guard status == ARES_SUCCESS else {
            return end(.impossible(reason: DNSFailure(status).reason))
        }
        ares_send(
            channel.ares, query, count,
            { context, status, _, bytes, count in
                DNSLookup.of(context)?.answered(
                    status, UnsafeBufferPointer(start: bytes, count: Int(count)))
            }, Unmanaged.passUnretained(self).toOpaque())
        ares_free_string(query)
        setTimer()
    }

    private func answered(_ status: CInt, _ bytes: UnsafeBufferPointer<UInt8>) {
        let ending: DNSOutcome.Ending =
            switch status {
            case ARES_SUCCESS: Self.read(Array(bytes))
            case ARES_ETIMEOUT: .timedOut
            default: .failed(reason: DNSFailure(status).reason)
            }
        // c-ares is still at work here, and must not lose its channel meanwhile.
        loop.execute { self.end(ending) }
    }

    private static func read(_ bytes: [UInt8]) -> DNSOutcome.Ending {
        do throws(DNSMessage.Malformed) {
            return .answered(try DNSMessage(parsing: bytes))
        } catch {
            return .malformed(reason: error.reason)
        }
    }

    private func end(_ ending: DNSOutcome.Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        for timer in [deadline, repetition, timer] { timer.cancel() }
        // Closes the sockets, which are taken off the loop by that, and drops the question.
        channel = nil
        for handle in sockets.values { handle.close() }
        sockets = [:]
        continuation?.resume(returning: ending)
        continuation = nil
    }

    // MARK: - c-ares

    private func watch(_ socket: CInt, readable: Bool, writable: Bool) {
        guard readable || writable else {
            sockets.removeValue(forKey: socket)?.close()
            return
        }
        guard let handle = sockets[socket] ?? poll(socket) else {
            // Nobody would ever wake this question: let c-ares meet the error at once.
            return loop.execute { self.act(read: socket, write: socket) }
        }
        handle.start(readable: readable, writable: writable) { [unowned self] ready in
            let events = try? ready.get()
            // An error counts as ready, so that c-ares meets it.
            act(
                read: events?.contains(.readable) == false ? ARES_SOCKET_BAD : socket,
                write: events?.contains(.writable) == false ? ARES_SOCKET_BAD : socket)
        }
    }

    private func poll(_ socket: CInt) -> PollHandle? {
        let handle = try? PollHandle(on: loop, descriptor: socket)
        sockets[socket] = handle
        return handle
    }

    private func act(read: CInt, write: CInt) {
        guard let channel else { return }
        ares_process_fd(channel.ares, read, write)
        setTimer()
    }

    private func setTimer() {
        guard let channel else { return }
        var time = timeval()
        guard ares_timeout(channel.ares, nil, &time) != nil else { return timer.cancel() }
        // One more, because c-ares counts a time that is not over yet as none.
        let milliseconds = time.tv_sec * 1000 + Int(time.tv_usec) / 1000 + 1
        timer.start(after: .milliseconds(milliseconds)) { [unowned self] in
            act(read: ARES_SOCKET_BAD, write: ARES_SOCKET_BAD)
        }
    }
}
