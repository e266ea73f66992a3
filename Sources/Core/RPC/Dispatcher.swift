public import Logging
public import OpsJSONRPC
internal import Synchronization

/// Takes a message apart, calls the methods, and puts the answers together.
///
/// Everything happens on the loop's thread. A handler that does not suspend is answered without a
/// task, because starting one costs more than such a handler does.
public final class Dispatcher: Sendable {
    private let registry: MethodRegistry
    private let loop: EventLoop
    private let logger: Logger
    private let maxBatchReplyBytes: Int
    private let lastRequest = Atomic<UInt64>(0)

    /// Makes a dispatcher over a registry.
    ///
    /// Once the answer of a batch has `maxBatchReplyBytes`, its further calls are refused.
    public init(
        registry: MethodRegistry, loop: EventLoop, logger: Logger,
        maxBatchReplyBytes: Int = 16 << 20
    ) {
        self.registry = registry
        self.loop = loop
        self.logger = logger
        self.maxBatchReplyBytes = maxBatchReplyBytes
    }

    /// How many requests have been dispatched.
    public var requestCount: UInt64 { lastRequest.load(ordering: .relaxed) }

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
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        if let id = request.id, !caller.inFlight.isEmpty, caller.inFlight.contains(id) {
            write(.idReuse(id), id: id, into: &out)
            return true
        }
        guard let entry = registry.entry(request.method) else {
            return refuse(request, methodNotFound(request.method), into: &out)
        }
        switch entry.handler {
        case nil:
            return refuse(
                request, .pluginUnavailable("the plugin \(entry.owner) is not running"), into: &out)
        case .immediate(let handler):
            let call = Call(method: request.method, principal: caller.principal, number: number)
            answerAtOnce(request, call, handler, into: &out)
            return true
        case .suspending(let handler):
            let gate = gate()
            let call = Call(
                method: request.method, principal: caller.principal, number: number,
                session: caller.session, gate: gate)
            start(request, call, handler, caller) { completion($0, gate) }
            return false
        }
    }

    /// The short way for a lone call whose handler does not suspend; false means: go the long way.
    private func answerAtOnce(
        _ request: Request, from caller: Caller, into out: inout [UInt8]
    ) -> Bool {
        guard let entry = registry.entry(request.method),
            case .immediate(let handler) = entry.handler, caller.inFlight.isEmpty
        else { return false }
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        let call = Call(method: request.method, principal: caller.principal, number: number)
        let start = out.count
        answerAtOnce(request, call, handler, into: &out)
        if out.count > start { out.append(UInt8(ascii: "\n")) }
        return true
    }

    private func answerAtOnce(
        _ request: Request, _ call: Call,
        _ handler: (Call, JSON?, inout [UInt8]) throws -> Void, into out: inout [UInt8]
    ) {
        let start = out.count
        if let id = request.id { MessageWriter.beginResult(id: id, to: &out) }
        do {
            try handler(call, request.params, &out)
            if request.id != nil { out.append(UInt8(ascii: "}")) }
        } catch {
            out.removeLast(out.count - start)
            if let id = request.id { write(wireError(error, call), id: id, into: &out) }
        }
        if request.id == nil { out.removeLast(out.count - start) }
    }

    private func start(
        _ request: Request, _ call: Call,
        _ handler: @escaping @Sendable (Call, JSON?) async throws -> [UInt8], _ caller: Caller,
        completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        caller.begin(request.id)
        Task(executorPreference: loop) { [loop] in
            var reply: [UInt8] = []
            do {
                let result = try await handler(call, request.params)
                if let id = request.id {
                    MessageWriter.beginResult(id: id, to: &reply)
                    reply += result
                    reply.append(UInt8(ascii: "}"))
                }
            } catch {
                if let id = request.id {
                    self.write(self.wireError(error, call), id: id, into: &reply)
                }
            }
            let answer = reply
            loop.execute {
                caller.end(request.id)
                completion(answer)
            }
        }
    }

    /// Calls a method from inside the process, as a plugin or an embedding program does.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` as a client would see it.
    public func call(
        _ method: String, _ params: JSON?, as principal: Principal
    ) async throws(RPCError) -> JSON {
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        let call = Call(method: method, principal: principal, number: number)
        guard let entry = registry.entry(method) else { throw methodNotFound(method) }
        do {
            // Handlers count on the loop's thread, wherever the caller is.
            return try JSON.parse(
                await withTaskExecutorPreference(loop) { try await run(entry, call, params) })
        } catch {
            throw wireError(error, call)
        }
    }

    private func run(
        _ entry: MethodRegistry.Entry, _ call: Call, _ params: JSON?
    ) async throws -> [UInt8] {
        switch entry.handler {
        case nil:
            throw RPCError.pluginUnavailable("the plugin \(entry.owner) is not running")
        case .immediate(let handler):
            var text: [UInt8] = []
            try handler(call, params, &text)
            return text
        case .suspending(let handler):
            return try await handler(call, params)
        }
    }

    private func refuse(_ request: Request, _ error: RPCError, into out: inout [UInt8]) -> Bool {
        if let id = request.id { write(error, id: id, into: &out) }
        return true
    }

    private func methodNotFound(_ method: String) -> RPCError {
        .methodNotFound(method, hint: registry.nearest(to: method).map { "did you mean \($0)?" })
    }

    private func write(_ error: RPCError, id: RequestID, into out: inout [UInt8]) {
        MessageWriter.error(error, id: id, to: &out, ending: .none)
    }

    /// Turns what a handler threw into what the caller may see; our own faults are logged whole
    /// and shown without their insides.
    private func wireError(_ error: any Error, _ call: Call) -> RPCError {
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
