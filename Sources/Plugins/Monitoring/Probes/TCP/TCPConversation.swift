internal import OpsCore

/// One conversation over a fresh connection.
///
/// `@unchecked Sendable`: everything but `stream` and the texts is for the loop's thread, to which
/// the public verb goes.
final class TCPConversation: @unchecked Sendable {
    /// How it went, and when the TLS handshake was over.
    typealias Answer = (outcome: TCPOutcome, securedAt: Duration?)

    /// How much of an answer is read before it is given up.
    private static let maxAnswer = 64 << 10

    /// More than any handshake takes; OpenSSL takes chains of 100 KiB.
    private static let maxHandshake = 1 << 20

    private let stream: ByteStream
    private let tls: TLSRequest?
    private let send: [UInt8]
    private let expect: [UInt8]
    private let uptime: @Sendable () -> Duration
    private let deadline: LoopTimer
    private var continuation: CheckedContinuation<Answer, Never>?
    private var session: TLSSession?
    private var introduction: TLSIntroduction?
    private var securedAt: Duration?
    private var shaken = 0
    private var received: [UInt8] = []
    private var ending: TCPOutcome.Ending?

    /// - Parameters:
    ///   - tls: Who the other side has to be when TLS is spoken.
    ///   - uptime: The clock by which the handshake is timed.
    init(
        _ stream: ByteStream, tls: TLSRequest?, send: [UInt8], expect: [UInt8],
        uptime: @escaping @Sendable () -> Duration
    ) {
        self.stream = stream
        self.tls = tls
        self.send = send
        self.expect = expect
        self.uptime = uptime
        deadline = LoopTimer(on: stream.loop)
    }

    /// Says and hears everything, and closes the connection; the times are for the caller to fill in.
    func carryOut(within limit: Duration) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                stream.loop.executeNow { self.start(limit, continuation) }
            }
        } onCancel: {
            stream.loop.execute { self.end(.cancelled) }
        }
    }

    private func start(
        _ limit: Duration, _ continuation: CheckedContinuation<Answer, Never>
    ) {
        self.continuation = continuation
        // The task may have been cancelled before it came here.
        if let ending { return answer(ending) }
        guard stream.isOpen else { return end(.broken(reason: "the loop stops")) }
        deadline.start(after: max(limit, .zero)) { self.end(.timedOut) }
        stream.startReading(
            onData: { self.take($0) },
            onEnd: { end in
                switch end {
                case .endOfFile: self.end(.closed)
                case .failed(let error): self.end(.broken(reason: error.reason))
                }
            })
        guard let tls else { return speak() }
        session = TLSSession(serverName: tls.sentName)
        guard session != nil else { return end(.insecure(reason: "out of memory")) }
        shakeHands()
    }

    // MARK: - TLS

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let session else { return hear(bytes) }
        session.receive(bytes)
        guard introduction == nil else { return listen() }
        shaken += bytes.count
        guard shaken <= Self.maxHandshake else {
            return end(.insecure(reason: "the server talks without end"))
        }
        shakeHands()
    }

    private func shakeHands() {
        guard let session else { return }
        let progress = session.handshake()
        flush()
        switch progress {
        case .going: break
        case .failed(let reason): end(.insecure(reason: reason))
        case .done:
            introduction = session.introduction
            securedAt = uptime()
            speak()
            listen()
        }
    }

    /// Hears what has come and can be read.
    private func listen() {
        guard let session, ending == nil else { return }
        let words = session.hear()
        flush()
        switch words {
        case .said(let bytes): bytes.withUnsafeBytes { hear($0) }
        case .ended: end(.closed)
        case .failed(let reason): end(.broken(reason: reason))
        }
    }

    private func flush(_ done: ((LoopError?) -> Void)? = nil) {
        let bytes = session?.takeOutgoing() ?? []
        guard !bytes.isEmpty else {
            done?(nil)
            return
        }
        stream.write(bytes) { done?($0) }
    }

    // MARK: - The talk

    private func speak() {
        if send.isEmpty { return sent(nil) }
        guard let session else { return stream.write(send) { self.sent($0) } }
        session.say(send)
        flush { self.sent($0) }
    }

    private func sent(_ error: LoopError?) {
        if let error { return end(.broken(reason: error.reason)) }
        if expect.isEmpty { end(.complete) }
    }

    private func hear(_ bytes: UnsafeRawBufferPointer) {
        guard !expect.isEmpty, !bytes.isEmpty else { return }
        let searched = max(0, received.count - expect.count + 1)
        received.append(contentsOf: bytes)
        if ByteSearch.contains(received[searched...], expect) { return end(.complete) }
        if received.count >= Self.maxAnswer { end(.closed) }
    }

    private func end(_ ending: TCPOutcome.Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        deadline.cancel()
        if introduction != nil {
            session?.sayGoodbye()
            flush()
        }
        stream.close()
        session = nil
        answer(ending)
    }

    private func answer(_ ending: TCPOutcome.Ending) {
        var outcome = TCPOutcome(ending: ending, totalSeconds: 0, received: received)
        outcome.introduction = introduction
        continuation?.resume(returning: (outcome, securedAt))
        continuation = nil
    }
}
