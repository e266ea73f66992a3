import OpsJSONRPC

@testable import OpsCore

/// A dispatcher over a database, with methods that write, and a connection that keeps what it gets.
final class CallDesk: Sendable {
    let loop: EventLoop
    let folder: StoreFolder
    let time = ManualTime()
    let store: Store
    let registry = MethodRegistry()
    let dispatcher: Dispatcher
    let session = FakeSession()
    let caller: Caller
    /// Every answer and every notification, in the order in which the connection got them.
    let lines = Journal<String>()
    /// How often a handler was entered, by method.
    let entered = Journal<String>()
    /// What callers were denied.
    let denied = Journal<String>()
    /// Lets one held call after the other go on.
    let gates = Guarded<[String: Promise<Void>]>([:])

    private init(_ loop: EventLoop, _ folder: StoreFolder) throws {
        self.loop = loop
        self.folder = folder
        store = try Store.open(path: folder.path, time: time, logger: StoreFolder.logger)
        try store.migrate(owner: CallMemory.owner, CallMemory.migrations)
        try store.migrate(owner: "notes", Store.noteMigrations)
        dispatcher = Dispatcher(
            registry: registry, loop: loop, time: time, logger: StoreFolder.logger, store: store
        ) { [denied] principal, method, error, _ in
            denied.add("\(principal) \(method) \(error.kind)")
        }
        caller = Caller(principal: Principal("uid:7"), session: session)
        session.onNotify { [lines] method, params in lines.add("\(method) \(params.text)") }
        try registry.declare(NoteMethods.declarations, owner: NoteMethods.owner)
        NoteMethods.bind(MethodRegistrar(registry: registry, owner: NoteMethods.owner), self)
    }

    static func run(
        in folder: StoreFolder? = nil, _ body: (CallDesk) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let desk = try CallDesk(loop, try folder ?? StoreFolder())
            do {
                try await body(desk)
            } catch {
                desk.openAll()
                await desk.store.close()
                throw error
            }
            desk.openAll()
            await desk.store.close()
        }
    }

    // MARK: - Held calls

    func gate(_ name: String) -> Promise<Void> {
        gates.withLock { gates in
            let gate = gates[name] ?? Promise<Void>()
            gates[name] = gate
            return gate
        }
    }

    private func openAll() { for gate in gates.withLock({ Array($0.values) }) { gate.keep() } }

    // MARK: - Talking

    /// Hands a frame to the dispatcher, as a connection does on the loop.
    func send(_ text: String, from other: Caller? = nil) async throws {
        try await loop.perform { [self] in receive(text, from: other ?? caller) }
    }

    /// Takes a frame in; on the loop.
    func receive(_ text: String, from caller: Caller) {
        let message = Array(text.utf8).withUnsafeBufferPointer {
            MessageParser.parse($0, MessageLimits())
        }
        var out: [UInt8] = []
        dispatcher.answer(message, from: caller, into: &out) { [lines] line in
            lines.add(String(decoding: line.dropLast(), as: UTF8.self))
        }
        if !out.isEmpty { lines.add(String(decoding: out.dropLast(), as: UTF8.self)) }
    }

    /// Calls a method of the notes over the connection and returns its answer.
    func ask(
        _ id: Int, _ method: String, _ params: JSON.Object = [:], meta: JSON? = nil
    ) async throws -> JSON {
        let before = lines.entries.count
        try await send(Self.frame(id, method, params, meta: meta))
        let lines = await lines.first(before + 1)
        return try JSON.parse(lines[before])
    }

    /// Calls a method from inside the process.
    func outcome(
        _ method: String, _ params: JSON, _ meta: CallMeta
    ) async -> Result<JSON, RPCError> {
        do throws(RPCError) {
            return .success(
                try await dispatcher.call(method, params, as: .system, meta: meta))
        } catch {
            return .failure(error)
        }
    }

    static func frame(
        _ id: Int, _ method: String, _ params: JSON.Object = [:], meta: JSON? = nil
    ) -> String {
        var params = params
        params["_meta"] = meta
        var out: [UInt8] = []
        MessageWriter.request(
            id: RequestID(id), method: "note.\(method)", params: .object(params), to: &out,
            ending: .none)
        return String(decoding: out, as: UTF8.self)
    }

    static func cancel(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(id)}}"#
    }

    /// Returns once the handlers of all calls are done.
    func settle() async throws {
        while try await loop.perform({ [caller] in caller.pendingCalls }) > 0 {
            await Task.yield()
        }
    }

    /// The answers so far, read back.
    var answers: [JSON] {
        get throws {
            try lines.entries.filter { $0.hasPrefix("{\"jsonrpc") || $0.hasPrefix("[") }
                .map { try JSON.parse($0) }
        }
    }
}
