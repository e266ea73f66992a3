internal import OpsCore

/// A handshake over a fresh connection, after the words in plain text that may come before it.
///
/// `@unchecked Sendable`: everything but `stream` and what is asked for is for the loop's thread, to
/// which the public verb goes.
final class TLSConversation: @unchecked Sendable {
    /// How it went.
    enum Ending: Sendable, Equatable {
        case complete(TLSIntroduction)
        /// The server would not change over to TLS, in its own words.
        case refused(String)
        case failed(reason: String)
        /// The other side closed the connection in the middle.
        case closed
        case broken(reason: String)
        case timedOut
        case cancelled
    }

    /// More than any handshake takes; OpenSSL takes chains of 100 KiB.
    private static let maxReceivedBytes = 1 << 20

    private let stream: ByteStream
    private let serverName: String?
    private let deadline: LoopTimer
    private var dialogue: StartTLSDialogue?
    private var session: TLSSession?
    private var received = 0
    private var continuation: CheckedContinuation<Ending, Never>?
    private var ending: Ending?

    init(_ stream: ByteStream, startTLS: StartTLS?, serverName: String?) {
        self.stream = stream
        self.serverName = serverName
        dialogue = startTLS.map { StartTLSDialogue($0) }
        deadline = LoopTimer(on: stream.loop)
    }

    /// Shakes hands and closes the connection.
    func carryOut(within limit: Duration) async -> Ending {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                stream.loop.execute { self.start(limit, continuation) }
            }
        } onCancel: {
            stream.loop.execute { self.end(.cancelled) }
        }
    }

    private func start(_ limit: Duration, _ continuation: CheckedContinuation<Ending, Never>) {
        // The task may have been cancelled before it came here.
        if let ending { return continuation.resume(returning: ending) }
        self.continuation = continuation
        guard stream.isOpen else { return end(.broken(reason: "the loop stops")) }
        deadline.start(after: max(limit, .zero)) { self.end(.timedOut) }
        stream.startReading(
            onData: { self.hear($0) },
            onEnd: { end in
                switch end {
                case .endOfFile: self.end(.closed)
                case .failed(let error): self.end(.broken(reason: error.reason))
                }
            })
        if let dialogue { carryOut(dialogue.begin()) } else { startTLS() }
    }

    private func hear(_ bytes: UnsafeRawBufferPointer) {
        received += bytes.count
        if session == nil, let step = dialogue?.hear(bytes) { return carryOut(step) }
        guard received <= Self.maxReceivedBytes else {
            return end(.failed(reason: "the server talks without end"))
        }
        session?.receive(bytes)
        goOn()
    }

    private func carryOut(_ step: StartTLSDialogue.Step) {
        switch step {
        case .wait: break
        case .send(let bytes): stream.write(bytes)
        case .ready: startTLS()
        case .refused(let words): end(.refused(words))
        }
    }

    private func startTLS() {
        session = TLSSession(serverName: serverName)
        goOn()
    }

    private func goOn() {
        guard let session else { return end(.failed(reason: "out of memory")) }
        let progress = session.handshake()
        if case .done = progress { session.sayGoodbye() }
        let bytes = session.takeOutgoing()
        if !bytes.isEmpty { stream.write(bytes) }
        switch progress {
        case .going: break
        case .done: end(.complete(session.introduction))
        case .failed(let reason): end(.failed(reason: reason))
        }
    }

    private func end(_ ending: Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        deadline.cancel()
        stream.close()
        session = nil
        continuation?.resume(returning: ending)
        continuation = nil
    }
}
