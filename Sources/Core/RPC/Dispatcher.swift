public import Logging
public import OpsJSONRPC
internal import Synchronization

/// Takes a message apart, calls the methods, and puts the answers together.
///
/// Everything happens on the loop's thread. A handler that does not suspend is answered without a
/// task, because starting one costs more than such a handler does.
public final class Dispatcher: Sendable {
    let registry: MethodRegistry
    let loop: EventLoop
    let logger: Logger
    private let maxBatchReplyBytes: Int
    let time: any TimeSource
    let onDenied: @Sendable (Principal, String, RPCError, String) -> Void
    let lastRequest = Atomic<UInt64>(0)
    private let unknownCancels = Atomic<UInt64>(0)
    let hooks = Guarded<(any HookRunner)?>(nil)
    let forwarder = Guarded<(any CallForwarder)?>(nil)
    /// Nil for a dispatcher without a database.
    let memory: CallMemory?

    /// Makes a dispatcher over a registry.
    ///
    /// Once the answer of a batch has `maxBatchReplyBytes`, its further calls are refused.
    /// `store` is where the results of calls with an idempotency key are remembered.
    /// `onDenied` is told on the loop of every call that its caller may not make, with the name of
    /// the call.
    public init(
        registry: MethodRegistry, loop: EventLoop, time: any TimeSource = SystemTime(),
        logger: Logger, store: Store? = nil, maxBatchReplyBytes: Int = 16 << 20,
        onDenied: @escaping @Sendable (Principal, String, RPCError, String) -> Void =
            { _, _, _, _ in }
    ) {
        self.registry = registry
        self.loop = loop
        self.time = time
        self.logger = logger
        memory = store.map { CallMemory(store: $0, time: time) }
        self.onDenied = onDenied
        self.maxBatchReplyBytes = maxBatchReplyBytes
    }

    /// How many requests have been dispatched.
    public var requestCount: UInt64 { lastRequest.load(ordering: .relaxed) }

    /// How many cancellations named a call that was over or never was.
    public var unknownCancelCount: UInt64 { unknownCancels.load(ordering: .relaxed) }

    /// Answers a message.
    ///
    /// What can be answered at once is appended to `out`, each answer on a line of its own; the
    /// rest is handed to `later` on the loop's thread, one line at a time. Notifications are never
    /// answered.
    public func answer(
        _ message: Message, from caller: Caller, into out: inout [UInt8],
        later: @escaping @Sendable ([UInt8]) -> Void
    ) {
        switch message {
        case .single(.request(let request)) where answerAtOnce(request, from: caller, into: &out):
            break
        case .single(let incoming):
            let gate = { ReplyGate() }
            let start = out.count
            let isAnswered = begin(incoming, from: caller, gate: gate, into: &out) { reply, gate in
                if !reply.isEmpty { later(reply + [UInt8(ascii: "\n")]) }
                gate.open()
            }
            if isAnswered, out.count > start { out.append(UInt8(ascii: "\n")) }
        case .batch(let items):
            answerBatch(items, from: caller, into: &out, later: later)
        case .emptyBatch:
            write(.invalidRequest("the batch is empty"), id: .null, into: &out)
            out.append(UInt8(ascii: "\n"))
        case .batchTooLarge(let id):
            out.append(UInt8(ascii: "["))
            write(.invalidRequest("the batch has too many requests"), id: id, into: &out)
            out += [UInt8(ascii: "]"), UInt8(ascii: "\n")]
        }
    }

    private func answerBatch(
        _ items: [Incoming], from caller: Caller, into out: inout [UInt8],
        later: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let batch = BatchReply(slots: items.count, maxBytes: maxBatchReplyBytes)
        for (slot, item) in items.enumerated() {
            let line = answer(item, at: slot, of: batch, from: caller) { line in
                if !line.isEmpty { later(line) }
                batch.gate.open()
            }
            if let line {
                out += line
                batch.gate.open()
            }
        }
    }

    /// Answers one item of a batch; returns the whole batch's line when it is complete by that,
    /// otherwise `completion` may get it.
    private func answer(
        _ item: Incoming, at slot: Int, of batch: BatchReply, from caller: Caller,
        completion: @escaping @Sendable ([UInt8]) -> Void
    ) -> [UInt8]? {
        var id: RequestID?
        if case .request(let request) = item { id = request.id }
        if batch.isFull, let id { return batch.fill(slot, [], id: id) }
        var text: [UInt8] = []
        let isAnswered = begin(item, from: caller, gate: { batch.gate }, into: &text) {
            [id] reply, _ in
            if let line = batch.fill(slot, reply, id: id) { completion(line) }
        }
        return isAnswered ? batch.fill(slot, text, id: id) : nil
    }

    /// Begins one item.
    ///
    /// Returns whether it is finished, its answer (if it has one) in `out`;
    /// otherwise `completion` gets the answer.
    private func begin(
        _ incoming: Incoming, from caller: Caller, gate: () -> ReplyGate, into out: inout [UInt8],
        completion: @escaping @Sendable ([UInt8], ReplyGate) -> Void
    ) -> Bool {
        switch incoming {
        case .invalid(let id, let error):
            write(error, id: id, into: &out)
            return true
        case .response:
            // The platform calls nobody over a client's connection, so nothing waits for this.
            return true
        case .request(let request):
            return begin(request, from: caller, gate: gate, into: &out, completion: completion)
        }
    }

    private func begin(
        _ request: Request, from caller: Caller, gate: () -> ReplyGate, into out: inout [UInt8],
        completion: @escaping @Sendable ([UInt8], ReplyGate) -> Void
    ) -> Bool {
        if request.method == Self.cancelMethod {
            return cancel(request, from: caller, into: &out)
        }
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        if let id = request.id, caller.hasOpenCalls, caller.openCall(id) != nil {
            return refuse(request, .idReuse(id), number, into: &out)
        }
        let order: CallOrder
        do throws(RPCError) {
            order = try self.order(
                request.method, request.params, as: caller.identity, number: number)
        } catch {
            return refuse(request, error, number, into: &out)
        }
        if case .immediate(let handler)? = order.entry.handler, !needsTask(order) {
            let scope = order.meta.map {
                CallScope(
                    id: request.id, entry: order.entry, meta: $0, number: number, on: loop, time,
                    caller: caller, session: caller.session, gate: nil)
            }
            let call = Call(
                method: request.method, identity: caller.identity, number: number, caller: caller,
                session: caller.session, scope: scope)
            answerAtOnce(request, order, call, handler, into: &out)
            return true
        }
        let gate = gate()
        let scope = CallScope(
            id: request.id, entry: order.entry, meta: order.meta ?? CallMeta(), number: number,
            on: loop, time, caller: caller, session: caller.session, gate: gate)
        let call = Call(
            method: request.method, identity: caller.identity, number: number, caller: caller,
            session: caller.session, scope: scope)
        scope.run {
            await self.carryOut(order, call)
        } answer: { [id = request.id] outcome in
            completion(Self.reply(outcome, id), gate)
        }
        return false
    }

    /// Whether a call has to suspend although its handler does not.
    private func needsTask(_ order: CallOrder) -> Bool {
        if order.entry.declaration.deprecated != nil { return true }
        guard order.entry.isWriting else { return false }
        return order.meta?.idempotencyKey != nil || hook(of: order) != nil
    }

    /// The short way for a lone call whose handler does not suspend and that has nothing out of
    /// the ordinary; false means: go the long way.
    private func answerAtOnce(
        _ request: Request, from caller: Caller, into out: inout [UInt8]
    ) -> Bool {
        guard request.params == nil, !caller.hasOpenCalls,
            let entry = registry.entry(request.method),
            case .immediate(let handler) = entry.handler, entry.isPlain
        else { return false }
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        let call = Call(
            method: request.method, identity: caller.identity, number: number, caller: caller,
            session: caller.session)
        let start = out.count
        do throws(RPCError) {
            try check(entry, nil, caller.identity, number)
            answerAtOnce(
                request, CallOrder(entry: entry, params: nil, meta: nil), call, handler,
                into: &out)
        } catch {
            _ = refuse(request, error, number, into: &out)
        }
        if out.count > start { out.append(UInt8(ascii: "\n")) }
        return true
    }

    private func answerAtOnce(
        _ request: Request, _ order: CallOrder, _ call: Call,
        _ handler: (Call, JSON?, inout [UInt8]) throws -> Void, into out: inout [UInt8]
    ) {
        let begun = MethodTally.clock()
        let start = out.count
        var isError = false
        if let id = request.id { MessageWriter.beginResult(id: id, to: &out) }
        do {
            try handler(call, order.params, &out)
            if request.id != nil { out.append(UInt8(ascii: "}")) }
        } catch {
            isError = true
            out.removeLast(out.count - start)
            let failure = failure(error, call)
            if let id = request.id { write(failure, id: id, into: &out) }
        }
        if request.id == nil { out.removeLast(out.count - start) }
        order.entry.tally.add(since: begun, isError: isError)
    }

    private static func reply(_ outcome: CallScope.Outcome, _ id: RequestID?) -> [UInt8] {
        var reply: [UInt8] = []
        guard let id else { return reply }
        switch outcome {
        case .success(let result):
            MessageWriter.beginResult(id: id, to: &reply)
            reply += result
            reply.append(UInt8(ascii: "}"))
        case .failure(let error):
            MessageWriter.error(error, id: id, to: &reply, ending: .none)
        }
        return reply
    }

    // MARK: - Cancelling

    private static let cancelMethod = "$/cancelRequest"

    /// Gives up the call that the notification names; a call that is over already, or never was,
    /// is none of its business.
    private func cancel(
        _ request: Request, from caller: Caller, into out: inout [UInt8]
    ) -> Bool {
        if let id = request.id {
            write(.invalidRequest("\(Self.cancelMethod) is a notification."), id: id, into: &out)
            return true
        }
        let named = request.params?["id"] ?? request.params?[0]
        let id = named.flatMap { RequestID(text: $0.text) }
        guard let scope = id.flatMap(caller.openCall) else {
            unknownCancels.add(1, ordering: .relaxed)
            return true
        }
        scope.cancel()
        return true
    }

    // MARK: - Errors

    private func refuse(
        _ request: Request, _ error: RPCError, _ number: UInt64, into out: inout [UInt8]
    ) -> Bool {
        guard let id = request.id else { return true }
        var error = error
        error.requestID = "r\(number)"
        write(error, id: id, into: &out)
        return true
    }

    func methodNotFound(_ method: String) -> RPCError {
        .methodNotFound(method, hint: registry.nearest(to: method).map { "did you mean \($0)?" })
    }

    private func write(_ error: RPCError, id: RequestID, into out: inout [UInt8]) {
        MessageWriter.error(error, id: id, to: &out, ending: .none)
    }

    /// What the caller is told; that he was not allowed something is noted, whoever said so.
    func failure(_ error: any Error, _ call: Call) -> RPCError {
        let failure = wireError(error, call)
        if failure.kind == RPCError.forbidden("").kind {
            onDenied(call.principal, call.method, failure, call.requestID)
        }
        return failure
    }

    /// Turns what a handler threw into what the caller may see; our own faults are logged whole
    /// and shown without their insides.
    func wireError(_ error: any Error, _ call: Call) -> RPCError {
        var shown: RPCError
        switch error {
        case let error as RPCError: shown = error
        case let error as any WireRepresentable: shown = error.rpcError
        case is CancellationError: shown = .cancelled()
        default:
            logger.error(
                "a method handler failed",
                metadata: [
                    "method": "\(call.method)", "request": "\(call.requestID)", "error": "\(error)",
                ])
            shown = .internalError()
        }
        shown.requestID = call.requestID
        return shown
    }
}

/// An error that knows how a caller is told of it.
public protocol WireRepresentable: Error {
    /// The error as it goes over the wire.
    var rpcError: RPCError { get }
}
