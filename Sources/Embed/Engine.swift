internal import Glibc
internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// What runs between the start and the end of an instance: the platform and who waits for it.
final class Engine: Sendable {
    let platform: Platform
    let callbacks: Callbacks
    let logger: Logger
    let unanswered = Unanswered()
    let subscriptions = Subscriptions()
    /// The host's calls are those of one connection.
    private let caller = Engine.makeCaller()

    init(_ platform: Platform, _ callbacks: Callbacks, _ logger: Logger) {
        self.platform = platform
        self.logger = logger
        self.callbacks = callbacks
    }

    /// The host acts as the user whose process it is, as it would on the socket.
    static func makeCaller() -> Caller { Caller(principal: .user(getuid()), session: nil) }

    // MARK: - Calls

    /// Queues a message; `give` gets its answer on the loop, without one nothing.
    ///
    /// - Returns: False when nothing is answered any more.
    func call(_ message: Message, _ give: @escaping @Sendable ([UInt8]) -> Void) -> Bool {
        queue(message, from: caller, give)
    }

    /// As ``call(_:_:)``, but with an id that nobody else's call is in the way of.
    func callAlone(_ message: Message, _ give: @escaping @Sendable ([UInt8]) -> Void) -> Bool {
        queue(message, from: Self.makeCaller(), give)
    }

    private func queue(
        _ message: Message, from caller: Caller, _ give: @escaping @Sendable ([UInt8]) -> Void
    ) -> Bool {
        let reply = Unanswered.Reply(
            refusal: { message.wantsAnswer ? message.refused(with: Self.stopped) : [] }, give: give)
        guard let number = unanswered.add(reply) else { return false }
        platform.loop.execute { [self] in carryOut(message, from: caller, number) }
        return true
    }

    private func carryOut(_ message: Message, from caller: Caller, _ number: Int) {
        // What was left over when the loop had stopped has been refused meanwhile.
        guard unanswered.holds(number) else { return }
        var answer: [UInt8] = []
        platform.dispatcher.answer(message, from: caller, into: &answer) { [unanswered] later in
            unanswered.answer(number, Self.line(later))
        }
        if !answer.isEmpty || !message.wantsAnswer {
            unanswered.answer(number, Self.line(answer))
        }
    }

    /// The answer without the line's end.
    private static func line(_ text: [UInt8]) -> [UInt8] {
        text.last == UInt8(ascii: "\n") ? text.dropLast() : text
    }

    static let stopped = RPCError.cancelled("OpsLoop was stopped before the call was done.")

    // MARK: - Stopping

    /// Ends what the host follows, and then the platform.
    func stop() async {
        await subscriptions.end()
        await platform.stop()
    }
}
