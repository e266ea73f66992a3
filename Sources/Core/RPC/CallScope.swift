internal import OpsJSONRPC

/// A call from its beginning to its one answer, and on until its handler is done.
///
/// ```
///            answer (result, error)
///   running ───────────────────────────────────> over
///      │ deadline, cancel: 1007, 1008                ^
///      └────────────> given up ──────────────────────┘
///                              the handler ends; what it says is dropped
/// ```
final class CallScope: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// What becomes of a call: the text of its result, or an error.
    typealias Outcome = Result<[UInt8], RPCError>

    let id: RequestID?
    let effect: Effect
    let meta: CallMeta
    let deadline: Duration?
    let gate: ReplyGate?
    private let loop: EventLoop
    private let time: any TimeSource
    private let session: (any Session)?
    private let caller: Caller?
    private let requestID: String
    private var answer: (@Sendable (Outcome) -> Void)?
    private var task: Task<Void, Never>?
    private var timer: (any TimerToken)?
    private var lastProgress = -Double.infinity

    init(
        id: RequestID?, entry: MethodRegistry.Entry, meta: CallMeta, number: UInt64,
        on loop: EventLoop, _ time: any TimeSource, caller: Caller?,
        session: (any Session)?, gate: ReplyGate?
    ) {
        self.id = id
        self.effect = entry.declaration.effect
        self.meta = meta
        self.gate = gate
        self.loop = loop
        self.time = time
        self.caller = caller
        self.session = session
        requestID = "r\(number)"
        deadline = meta.timeoutMs.map { time.uptime() + .milliseconds($0) }
    }

    /// Whether the call can be answered, or reported on, before its handler is done.
    var isWatched: Bool { meta.timeoutMs != nil || meta.progressToken != nil }

    /// Whether the call has its answer.
    var isOver: Bool { answer == nil }

    /// Carries the call out in a task on the loop; `answer` gets its outcome there, once.
    ///
    /// On the loop only.
    func run(
        _ work: @escaping @Sendable () async -> Outcome,
        answer: @escaping @Sendable (Outcome) -> Void
    ) {
        self.answer = answer
        caller?.begin(self)
        task = Task(executorPreference: loop) { [self] in
            let outcome = await work()
            loop.execute { self.end(outcome) }
        }
        guard let timeout = meta.timeoutMs else { return }
        timer = time.timer(on: loop, after: .milliseconds(timeout)) { [self] in
            giveUp(.deadlineExceeded("The call took longer than \(timeout) ms."))
        }
    }

    /// Gives the call up because nobody wants its answer any more.
    func cancel() { giveUp(.cancelled()) }

    private func giveUp(_ error: RPCError) {
        guard !isOver else { return }
        var error = error
        error.requestID = requestID
        // Not at once: whoever cancels may be in the middle of answering a batch.
        settle(.failure(error), isLater: true)
        task?.cancel()
    }

    private func end(_ outcome: Outcome) {
        task = nil
        timer?.cancel()
        timer = nil
        guard !isOver else {
            // The answer that was given instead may be waiting for the next turn, too.
            return loop.nextTurn { [caller] in caller?.didEnd(hasAnswered: false) }
        }
        // First of all, so that the connection has room when it gets the answer.
        caller?.didEnd(hasAnswered: true)
        settle(outcome, isLater: false)
    }

    private func settle(_ outcome: Outcome, isLater: Bool) {
        guard let answer = self.answer.take() else { return }
        caller?.didAnswer(self)
        if isLater { loop.nextTurn { answer(outcome) } } else { answer(outcome) }
    }

    // MARK: - Progress

    /// Sends a report; from any thread.
    func report(_ progress: Double, total: Double?, message: String?) {
        guard let token = meta.progressToken, progress.isFinite else { return }
        var params: JSON.Object = [
            "progress_token": token, "progress": .number(JSON.Number(progress)),
        ]
        if let total, total.isFinite { params["total"] = .number(JSON.Number(total)) }
        if let message { params["message"] = .string(message) }
        let report = JSON.object(params)
        // Through the inbox like the end of the call, which is why the order holds.
        loop.execute { [self] in
            guard !isOver, progress > lastProgress, let session else { return }
            lastProgress = progress
            session.notify("$/progress", report)
        }
    }
}
