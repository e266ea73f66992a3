internal import OpsJSONRPC

extension PluginPeer {
    /// How many calls wait behind those that are under way.
    private var maxWaiting: Int { 64 * policy.maxInFlight }

    /// Calls a method of the plugin and waits for the text of its result.
    ///
    /// On the loop's executor only. A cancelled task's call ends at once, and the plugin is told.
    nonisolated(nonsending) func call(
        _ method: String, _ params: CallText, lane: PeerCall.Lane, within limit: Duration?,
        onProgress: ((JSON) -> Void)? = nil
    ) async throws(PeerFailure) -> [UInt8] {
        loop.preconditionOnLoop()
        let answer = PeerAnswer()
        // Here and not in the closure below, which may run on another thread.
        begin(method, params, lane: lane, within: limit, onProgress: onProgress, done: answer.keep)
        let number = lastNumber
        let outcome = await withTaskCancellationHandler {
            await answer.outcome
        } onCancel: {
            loop.execute { self.cancel(number) }
        }
        return try outcome.get()
    }

    /// Begins a call of a method; `done` gets its outcome on the loop, before this returns when it
    /// is refused.
    func begin(
        _ method: String, _ params: CallText, lane: PeerCall.Lane, within limit: Duration?,
        onProgress: ((JSON) -> Void)? = nil, done: @escaping (PeerCall.Outcome) -> Void
    ) {
        loop.preconditionOnLoop()
        lastNumber += 1
        let now = time.uptime()
        let call = PeerCall(
            method: method, lane: lane, deadline: limit.map { now + $0 }, begun: now,
            waitingText: params.line(lastNumber, method), onProgress: onProgress, done: done)
        begin(lastNumber, call)
    }

    /// Calls a method of the host's own and reads the result.
    nonisolated(nonsending) func ask(
        _ method: String, _ params: JSON.Object, within limit: Duration?
    ) async throws(PeerFailure) -> JSON {
        let text = try await call(method, CallText(params), lane: .control, within: limit)
        // The peer has checked that it is JSON.
        return (try? JSON.parse(text)) ?? .null
    }

    private func begin(_ number: Int, _ call: PeerCall) {
        guard !hasEnded, process.isRunning else {
            return call.done(.failure(.terminated(wasSent: false)))
        }
        let size = call.waitingText?.count ?? 0
        guard queuedBytes + size <= policy.maxQueueBytes, size <= policy.maxFrameBytes,
            waitingCount < maxWaiting
        else { return call.done(.failure(refusal(size))) }
        calls[number] = call
        watch(call.deadline)
        if call.lane == .call, inFlight >= policy.maxInFlight {
            wait(number, size)
        } else {
            send(number)
        }
    }

    private func wait(_ number: Int, _ size: Int) {
        waiting.append(number)
        waitingCount += 1
        waitingBytes += size
        // So that those that are gone do not pile up while the plugin hangs.
        if waiting.count > 2 * waitingCount + 64 { waiting.removeAll { calls[$0] == nil } }
    }

    private func refusal(_ size: Int) -> PeerFailure {
        // What is larger than the whole queue never finds room in it.
        let most = min(policy.maxFrameBytes, policy.maxQueueBytes)
        guard size <= most else {
            return .tooLarge(
                .tooLarge("The call has \(size) bytes; the plugin \(name) takes \(most)."))
        }
        return .busy(
            .busy("The plugin \(name) has more to do than may wait for it.", retryAfterMs: 100))
    }

    private func send(_ number: Int) {
        guard let text = calls[number]?.waitingText else { return }
        calls[number]?.waitingText = nil
        if calls[number]?.lane == .call { inFlight += 1 }
        write(text)
    }

    /// Ends a call, and lets the next one go.
    func settle(_ number: Int, _ outcome: PeerCall.Outcome) {
        guard let call = calls.removeValue(forKey: number) else { return }
        if let text = call.waitingText {
            waitingCount -= 1
            waitingBytes -= text.count
        } else if call.lane == .call {
            inFlight -= 1
        }
        call.done(outcome)
        if !hasEnded { sendWaiting() }
    }

    private func sendWaiting() {
        while inFlight < policy.maxInFlight, let number = waiting.popFirst() {
            guard let call = calls[number], let text = call.waitingText else { continue }
            waitingCount -= 1
            waitingBytes -= text.count
            send(number)
        }
        if waiting.isEmpty { waiting = [] }
    }

    /// Gives a call up.
    func cancel(_ number: Int) { giveUp(number, .cancelled) }

    private func giveUp(_ number: Int, _ failure: PeerFailure) {
        guard let call = calls[number] else { return }
        if call.wasSent { notify("$/cancelRequest", ["id": .number(JSON.Number(number))]) }
        settle(number, .failure(failure))
    }

    // MARK: - Deadlines

    /// One timer serves all calls: most have the same limit, and so the first is the next due.
    private func watch(_ deadline: Duration?) {
        guard let deadline, timerDue.map({ deadline < $0 }) ?? true else { return }
        timerDue = deadline
        deadlineTimer?.cancel()
        deadlineTimer = time.timer(on: loop, after: deadline - time.uptime()) { [weak self] in
            self?.expire()
        }
    }

    private func expire() {
        timerDue = nil
        guard !hasEnded else { return }
        let now = time.uptime()
        let due = calls.filter { $0.value.deadline.map { $0 <= now } ?? false }
        for (number, call) in due.sorted(by: { $0.key < $1.key }) {
            giveUp(number, .timedOut((call.deadline ?? now) - call.begun))
        }
        watch(calls.values.compactMap(\.deadline).min())
    }

    // MARK: - Progress

    /// The plugin was given the call's number for a token, because two callers' may be the same.
    func takeProgress(_ params: JSON?) {
        guard let params, let number = params["progress_token"]?.int else { return }
        calls[number]?.onProgress?(params)
    }
}
