public import OpsJSONRPC

/// One call, in this order: method, access, `_meta`, memory, hooks, handler, memory.
extension Dispatcher {
    // MARK: - Before anything is done

    /// Checks what must hold: the method exists, the caller may call it, its `_meta` is sound, and
    /// somebody is there to answer.
    func order(
        _ method: String, _ params: JSON?, as identity: Identity, number: UInt64,
        otherwise meta: CallMeta? = nil
    ) throws(RPCError) -> CallOrder {
        guard let entry = registry.entry(method) else { throw methodNotFound(method) }
        var params = params
        let own = CallMeta.take(from: &params)
        try check(entry, params, identity, number)
        let order = CallOrder(
            entry: entry, params: params, meta: try own.map(CallMeta.init(json:)) ?? meta)
        guard entry.handler != nil else { throw Self.unavailable(entry) }
        return order
    }

    /// Asks the caller's access, if there is one, and tells of a denial.
    func check(
        _ entry: MethodRegistry.Entry, _ params: JSON?, _ identity: Identity, _ number: UInt64
    ) throws(RPCError) {
        guard let access = identity.access else { return }
        let attempt = AccessAttempt(
            method: entry.declaration.name, owner: entry.owner, effect: entry.declaration.effect,
            params: params, mindsOwner: entry.declaration.mindsOwner)
        guard let refusal = access.refusal(attempt) else { return }
        onDenied(identity.principal, attempt.method, refusal, "r\(number)")
        throw refusal
    }

    private static func unavailable(_ entry: MethodRegistry.Entry) -> RPCError {
        .pluginUnavailable("the plugin \(entry.owner) is not running")
    }

    // MARK: - From inside the process

    /// Calls a method from inside the process, as a plugin or an embedding program does.
    ///
    /// A call that is made on behalf of a dry run is a dry run itself.
    ///
    /// - Parameters:
    ///   - access: What the caller may do; nil means everything.
    ///   - meta: How to carry the call out, unless `params._meta` says it.
    ///   - session: Where progress is reported.
    /// - Throws: ``OpsJSONRPC/RPCError`` as a client would see it.
    public func call(
        _ method: String, _ params: JSON?, as principal: Principal, access: (any Access)? = nil,
        meta: CallMeta = CallMeta(), session: (any Session)? = nil
    ) async throws(RPCError) -> JSON {
        if let forwarder = forwarder.withLock({ $0 }), forwarder.forwards(method) {
            var meta = meta
            meta.isDryRun = meta.isDryRun || Rehearsal.isOn
            return try await forwarder.call(method, params, meta: meta)
        }
        let number = lastRequest.add(1, ordering: .relaxed).newValue
        let identity = Identity(principal, access)
        var order = try self.order(
            method, params, as: identity, number: number, otherwise: meta)
        if Rehearsal.isOn { order.meta?.isDryRun = true }
        let scope = CallScope(
            id: nil, entry: order.entry, meta: order.meta ?? meta, number: number, on: loop, time,
            caller: nil, session: session, gate: nil)
        let call = Call(
            method: method, identity: identity, number: number, session: session, scope: scope)
        let outcome = await outcome(of: order, call, scope)
        do {
            return try JSON.parse(outcome.get())
        } catch {
            throw wireError(error, call)
        }
    }

    /// Sets who makes the calls from inside the process that are not for this platform.
    package func setForwarder(_ forwarder: any CallForwarder) {
        self.forwarder.withLock { $0 = forwarder }
    }

    /// Carries a call out on the loop, where handlers count on being, wherever the caller is.
    private func outcome(
        of order: CallOrder, _ call: Call, _ scope: CallScope
    ) async -> CallScope.Outcome {
        guard scope.isWatched else {
            return await withTaskExecutorPreference(loop) { await carryOut(order, call) }
        }
        // It may be answered before its handler is done, so the handler has a task of its own.
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRehearsal = Rehearsal.isOn
                loop.execute {
                    Rehearsal.$isOn.withValue(isRehearsal) {
                        scope.run {
                            await self.carryOut(order, call)
                        } answer: {
                            continuation.resume(returning: $0)
                        }
                    }
                }
            }
        } onCancel: {
            loop.execute { scope.cancel() }
        }
    }

    // MARK: - Carrying out

    func carryOut(_ order: CallOrder, _ call: Call) async -> CallScope.Outcome {
        let begun = MethodTally.clock()
        do {
            var text = try await remembered(order, call)
            if let warning = order.entry.warning { text = try Self.add(warning, to: text) }
            order.entry.tally.add(since: begun, isError: false)
            return .success(text)
        } catch {
            order.entry.tally.add(since: begun, isError: true)
            return .failure(failure(error, call))
        }
    }

    private func remembered(_ order: CallOrder, _ call: Call) async throws -> [UInt8] {
        guard let key = order.idempotencyKey else { return try await rehearsed(order, call) }
        guard let memory else {
            throw RPCError.conflict("This platform has no database to remember results in.")
        }
        let memo = memory.memo(
            of: call.method, try named(order), as: call.principal, key: key)
        var call = call
        call.memo = memo
        let isSecret = order.entry.declaration.hasSecretResult
        return try await memory.recall(memo, isSecret: isSecret) { [call] in
            try await hooked(order, call)
        }
    }

    private func rehearsed(_ order: CallOrder, _ call: Call) async throws -> [UInt8] {
        guard order.isRehearsal else { return try await hooked(order, call) }
        return try await Rehearsal.$isOn.withValue(true) { try await hooked(order, call) }
    }

    private func hooked(_ order: CallOrder, _ call: Call) async throws -> [UInt8] {
        guard let (runner, name) = hook(of: order) else {
            return try await handled(order.entry, call, order.params)
        }
        let payload = try await runner.run(
            name, before: order.entry.declaration, payload: try named(order), for: call)
        // Its caller has been told already that it was given up.
        try Task.checkCancellation()
        return try await handled(order.entry, call, .object(payload))
    }

    private func handled(
        _ entry: MethodRegistry.Entry, _ call: Call, _ params: JSON?
    ) async throws -> [UInt8] {
        switch entry.handler {
        case nil: throw Self.unavailable(entry)
        case .immediate(let handler):
            var text: [UInt8] = []
            try handler(call, params, &text)
            return text
        case .suspending(let handler):
            guard let store = memory?.store, entry.writesElsewhere, !call.isDryRun else {
                return try await handler(call, params)
            }
            return try await noted(call, in: store) { try await handler(call, params) }
        }
    }

    /// Leaves the audit row of a method whose effect is not in our store.
    ///
    /// A call that was broken off is noted as well: whoever carried it out may have finished.
    private func noted(
        _ call: Call, in store: Store, _ work: () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let text: [UInt8]
        do {
            text = try await work()
        } catch {
            let failure = wireError(error, call)
            guard Self.brokenOff.contains(failure.kind) else { throw error }
            store.post(
                as: call.principal, reason: call.reason,
                call: CallName(method: call.method, requestID: call.requestID)
            ) { transaction in
                try transaction.audit(
                    call.method, nil, before: nil, after: nil, outcome: failure.kind)
            } onFailure: { [logger] error in
                logger.error("a write can't be noted", metadata: ["error": "\(error)"])
            }
            throw error
        }
        try await call.note(call.method, nil, in: store)
        return text
    }

    private static let brokenOff: Set<String> = [
        RPCError.cancelled().kind, RPCError.deadlineExceeded("").kind,
        RPCError.pluginTerminated("", retryable: false).kind,
    ]

    private func named(_ order: CallOrder) throws(RPCError) -> JSON.Object {
        guard let params = order.entry.declaration.named(order.params) else {
            throw .invalidParams("there are too many parameters")
        }
        return params
    }

    /// Adds a warning to a result, under `_meta` where no method has a member of its own.
    private static func add(_ warning: String, to text: [UInt8]) throws -> [UInt8] {
        guard var result = try JSON.parse(text).object else { return text }
        var meta = result[CallMeta.key]?.object ?? JSON.Object()
        meta["warnings"] = .array((meta["warnings"]?.array ?? []) + [.string(warning)])
        result[CallMeta.key] = .object(meta)
        var text: [UInt8] = []
        JSON.object(result).write(to: &text)
        return text
    }

    // MARK: - Hooks

    /// Sets who is asked before every method that writes.
    public func setHookRunner(_ runner: (any HookRunner)?) {
        hooks.withLock { $0 = runner }
    }

    func hook(of order: CallOrder) -> (runner: any HookRunner, name: String)? {
        guard let name = order.entry.hook, let runner = hooks.withLock({ $0 }),
            runner.hasHooks(name)
        else { return nil }
        return (runner, name)
    }
}
