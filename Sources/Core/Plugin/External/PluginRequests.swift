internal import OpsJSONRPC

/// Answers what a plugin asks the host for, as far as it may.
final class PluginRequests: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// How many requests of a plugin may be under way; it is told to wait beyond that.
    private static let maxUnderWay = 256

    private let peer: PluginPeer
    private let claims: PluginClaims
    private let dispatcher: Dispatcher
    private let values: PluginValues
    private var tasks: [RequestID: Task<Void, Never>] = [:]
    private var underWay = 0

    init(
        of peer: PluginPeer, claims: PluginClaims, dispatcher: Dispatcher, values: PluginValues
    ) {
        self.peer = peer
        self.claims = claims
        self.dispatcher = dispatcher
        self.values = values
    }

    /// Gives up what is under way, because nobody is there any more to get the answers.
    func stop() {
        for task in tasks.values { task.cancel() }
        tasks = [:]
    }

    func take(_ request: Request) {
        if request.method == "$/cancelRequest" { return cancel(request.params) }
        guard let id = request.id else {
            return peer.log.add(.debug, "ignored the notification \(request.method)")
        }
        guard tasks[id] == nil else { return peer.answer(id, .failure(.idReuse(id))) }
        guard underWay < Self.maxUnderWay else {
            let error = RPCError.busy(
                "The plugin has \(underWay) requests under way.", retryAfterMs: 10)
            return peer.answer(id, .failure(error))
        }
        underWay += 1
        tasks[id] = Task(executorPreference: peer.loop) { [self] in
            let result = await result(of: request)
            peer.loop.execute { [self] in didFinish(id, result) }
        }
    }

    private func didFinish(_ id: RequestID, _ result: Result<JSON, RPCError>) {
        underWay -= 1
        guard tasks.removeValue(forKey: id) != nil else { return }
        peer.answer(id, result)
    }

    /// Answers at once; what comes of the call is of no interest any more.
    private func cancel(_ params: JSON?) {
        guard let id = params?["id"].flatMap({ RequestID(text: $0.text) }),
            let task = tasks.removeValue(forKey: id)
        else { return }
        task.cancel()
        peer.answer(id, .failure(.cancelled()))
    }

    // MARK: - What can be asked for

    private func result(of request: Request) async -> Result<JSON, RPCError> {
        do {
            return .success(try await answer(request.method, request.params))
        } catch let error as RPCError {
            noteDenial(error, of: request.method)
            return .failure(error)
        } catch let error as any WireRepresentable {
            return .failure(error.rpcError)
        } catch {
            return .failure(.internalError())
        }
    }

    private func answer(_ method: String, _ params: JSON?) async throws -> JSON {
        switch method {
        case "host.call": return try await callHost(params)
        case "event.emit": return try await emit(params)
        case "store.get": return try await granted().get(params)
        case "store.put": return try await granted().put(params)
        case "store.delete": return try await granted().delete(params)
        case "store.list": return try await granted().list(params)
        default:
            throw RPCError.methodNotFound(
                method, hint: "Methods of the platform are called through host.call.")
        }
    }

    private func callHost(_ params: JSON?) async throws -> JSON {
        guard let method = params?["method"]?.string else {
            throw RPCError.badField("method", "is required")
        }
        return try await dispatcher.call(
            method, params?["params"], as: .plugin(peer.name),
            access: PluginAccess(plugin: peer.name, calls: claims.calls))
    }

    private func granted() throws -> PluginValues {
        guard claims.store else { throw Self.notGranted("store") }
        return values
    }

    private func emit(_ params: JSON?) async throws -> JSON {
        guard let topic = params?["topic"]?.string else {
            throw RPCError.badField("topic", "is required")
        }
        guard topic.hasPrefix(peer.name + "."), Scope(topic) != nil, claims.emits.allow(topic)
        else { throw Self.notGranted("emit \(topic)") }
        let ref = try Self.ref(params?["ref"])
        let data = params?["data"] ?? [:]
        let seq = try await values.store.write(
            as: .plugin(peer.name), reason: "event.emit \(topic)"
        ) { transaction in
            try transaction.announce(topic, ref, data)
            try transaction.audit("event.emit", ref, before: nil, after: nil)
            return transaction.events.last?.seq ?? 0
        }
        return ["seq": .number(JSON.Number(seq))]
    }

    private static func ref(_ json: JSON?) throws -> Ref? {
        guard let json, !json.isNull else { return nil }
        guard let ref = json.string.flatMap(Ref.init) else {
            throw RPCError.badField("ref", "must be a ref such as ticket:142")
        }
        return ref
    }

    /// The dispatcher sees those of methods only.
    private func noteDenial(_ error: RPCError, of request: String) {
        guard request != "host.call", error.kind == RPCError.forbidden("").kind else { return }
        dispatcher.onDenied(.plugin(peer.name), request, error, "")
    }

    private static func notGranted(_ scope: String) -> RPCError {
        var error = RPCError.forbidden("The scope is not granted: \(scope).")
        error.hint = "It takes both a claim in the manifest and a grant in plugins.json."
        return error
    }
}
