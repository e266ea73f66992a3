internal import OpsJSONRPC

/// Where calls go into an external plugin, whichever run of it there is at the moment.
///
/// A call whose plugin dies is answered once. One that had not been sent, or that may be repeated,
/// waits for the next run and is sent a second time, as far as its deadline allows.
final class PluginGate: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// Whether there is a run that takes calls.
    enum State {
        case open(PluginPeer)
        /// There is none; `returns` tells whether there will be.
        case closed(RPCError, returns: Bool)
    }

    private struct Waiter {
        let timer: any TimerToken
        let done: (PluginPeer?) -> Void
    }

    let name: String
    let loop: EventLoop
    let time: any TimeSource
    private(set) var state: State
    private var waiters: [Int: Waiter] = [:]
    private var lastWaiter = 0

    init(_ name: String, on loop: EventLoop, _ time: any TimeSource) {
        self.name = name
        self.loop = loop
        self.time = time
        state = .closed(.pluginUnavailable("The plugin \(name) is starting."), returns: true)
    }

    // MARK: - Opening and closing

    /// Lets calls through to a run, first of all those that wait for it.
    func open(_ peer: PluginPeer) {
        state = .open(peer)
        releaseAll(peer)
    }

    /// Keeps calls out; who waits goes on waiting when the plugin returns.
    func close(_ reason: RPCError, returns: Bool) {
        state = .closed(reason, returns: returns)
        if !returns { releaseAll(nil) }
    }

    private func releaseAll(_ peer: PluginPeer?) {
        for number in waiters.keys.sorted() { release(number, peer) }
    }

    private func release(_ number: Int, _ peer: PluginPeer?) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        waiter.timer.cancel()
        waiter.done(peer)
    }

    /// How many calls are under way or wait.
    var inFlight: Int {
        guard case .open(let peer) = state else { return waiters.count }
        return peer.inFlight + peer.waitingCount + waiters.count
    }

    // MARK: - Calling

    /// Makes a call and returns the text of its result.
    ///
    /// On the loop's executor only.
    nonisolated(nonsending) func answer(
        _ method: MethodDeclaration, _ call: Call, _ params: JSON.Object, limit: Duration
    ) async throws(RPCError) -> [UInt8] {
        loop.preconditionOnLoop()
        let deadline = time.uptime() + min(limit, call.remaining(time) ?? limit)
        guard case .open(let peer) = state else { throw refusal }
        do throws(PeerFailure) {
            return try await send(method, call, params, to: peer, deadline)
        } catch {
            guard case .terminated(let wasSent) = error, !wasSent || method.isIdempotent,
                let next = await nextRun(until: deadline)
            else { throw wireError(error, method) }
            do throws(PeerFailure) {
                return try await send(method, call, params, to: next, deadline)
            } catch {
                throw wireError(error, method)
            }
        }
    }

    private nonisolated(nonsending) func send(
        _ method: MethodDeclaration, _ call: Call, _ params: JSON.Object, to peer: PluginPeer,
        _ deadline: Duration
    ) async throws(PeerFailure) -> [UInt8] {
        let remaining = deadline - time.uptime()
        let text = CallText(
            params,
            meta: .init(
                principal: call.principal.name, requestID: call.requestID, timeout: remaining,
                call: call.meta))
        return try await peer.call(
            method.name, text, lane: .call, within: remaining,
            onProgress: call.meta.progressToken == nil ? nil : { Self.pass($0, to: call) })
    }

    private static func pass(_ progress: JSON, to call: Call) {
        guard let value = progress["progress"]?.double else { return }
        call.progress(
            value, total: progress["total"]?.double, message: progress["message"]?.string)
    }

    /// The next run of the plugin; nil when there is none in time.
    private nonisolated(nonsending) func nextRun(until deadline: Duration) async -> PluginPeer? {
        switch state {
        case .open(let peer) where peer.process.isRunning: return peer
        case .closed(_, returns: false): return nil
        case .open, .closed: break
        }
        lastWaiter += 1
        let number = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = time.timer(on: loop, after: deadline - time.uptime()) { [self] in
                    release(number, nil)
                }
                waiters[number] = Waiter(timer: timer) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            loop.execute { self.release(number, nil) }
        }
    }

    // MARK: - Errors

    var refusal: RPCError {
        guard case .closed(let reason, _) = state else {
            return .pluginUnavailable("The plugin \(name) is not running.")
        }
        return reason
    }

    private func wireError(_ failure: PeerFailure, _ method: MethodDeclaration) -> RPCError {
        switch failure {
        case .answered(let error), .tooLarge(let error), .busy(let error): return error
        case .cancelled: return .cancelled()
        case .timedOut(let limit):
            return .deadlineExceeded(
                "The plugin \(name) did not answer \(method.name) within \(limit.milliseconds) ms.")
        case .terminated(let wasSent):
            return .pluginTerminated(
                "The plugin \(name) ended during the call.",
                retryable: !wasSent || method.isIdempotent)
        }
    }
}
