internal import OpsCore

/// One conversation over a fresh connection.
///
/// `@unchecked Sendable`: everything but `stream` and the texts is for the loop's thread, to which
/// the public verb goes.
final class TCPConversation: @unchecked Sendable {
    /// How much of an answer is read before it is given up.
    private static let maxAnswer = 64 << 10

    private let stream: ByteStream
    private let send: [UInt8]
    private let expect: [UInt8]
    private let deadline: LoopTimer
    private var continuation: CheckedContinuation<TCPOutcome, Never>?
    private var received: [UInt8] = []
    private var ending: TCPOutcome.Ending?

    init(_ stream: ByteStream, send: [UInt8], expect: [UInt8]) {
        self.stream = stream
        self.send = send
        self.expect = expect
        deadline = LoopTimer(on: stream.loop)
    }

    /// Says and hears everything, and closes the connection; the times are for the caller to fill in.
    func carryOut(within limit: Duration) async -> TCPOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                stream.loop.execute { self.start(limit, continuation) }
            }
        } onCancel: {
            stream.loop.execute { self.end(.cancelled) }
        }
    }

    private func start(_ limit: Duration, _ continuation: CheckedContinuation<TCPOutcome, Never>) {
        self.continuation = continuation
        // The task may have been cancelled before it came here.
        if let ending { return answer(ending) }
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
        if send.isEmpty { return sent(nil) }
        stream.write(send) { self.sent($0) }
    }

    private func sent(_ error: LoopError?) {
        if let error { return end(.broken(reason: error.reason)) }
        if expect.isEmpty { end(.complete) }
    }

    private func hear(_ bytes: UnsafeRawBufferPointer) {
        guard !expect.isEmpty else { return }
        let searched = max(0, received.count - expect.count + 1)
        received.append(contentsOf: bytes)
        if ByteSearch.contains(received[searched...], expect) { return end(.complete) }
        if received.count >= Self.maxAnswer { end(.closed) }
    }

    private func end(_ ending: TCPOutcome.Ending) {
        guard self.ending == nil else { return }
        self.ending = ending
        deadline.cancel()
        stream.close()
        answer(ending)
    }

    private func answer(_ ending: TCPOutcome.Ending) {
        continuation?.resume(
            returning: TCPOutcome(ending: ending, totalSeconds: 0, received: received))
        continuation = nil
    }
}
