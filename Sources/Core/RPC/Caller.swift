internal import OpsJSONRPC

/// One connection's side of the dispatcher: who calls, and which of its calls are not answered yet.
public final class Caller: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread, where calls begin and
    // where their answers come back.

    /// The connection, until it has ended.
    public private(set) var session: (any Session)?
    /// Called on the loop when a call has ended without an answer of its own, so that a connection
    /// that waits for room goes on.
    public var onRoom: (() -> Void)?
    private(set) var identity: Identity
    private var open: [RequestID: CallScope] = [:]
    private var pending = 0

    /// Makes the caller of a connection; without `access` it may do everything.
    public init(
        principal: Principal, access: (any Access)? = nil, session: (any Session)?
    ) {
        identity = Identity(principal, access)
        self.session = session
    }

    /// Who calls.
    public var principal: Principal { identity.principal }

    /// What it may do; nil means everything.
    public var access: (any Access)? { identity.access }

    /// Makes the connection act as somebody else; calls under way go on as who they began.
    public func become(_ principal: Principal, _ access: (any Access)?) {
        identity = Identity(principal, access)
    }

    /// How many calls are not over yet, notifications included.
    ///
    /// A call whose answer has been given up on counts until its handler is done, because until
    /// then it costs what any other costs.
    public var pendingCalls: Int { pending }

    /// Lets go of the connection, which has ended; what it was still reading is not read on.
    public func disconnect() {
        session = nil
        onRoom = nil
        for scope in open.values where scope.effect == .read { scope.cancel() }
    }

    // MARK: - For the dispatcher

    var hasOpenCalls: Bool { !open.isEmpty }

    func openCall(_ id: RequestID) -> CallScope? { open[id] }

    func begin(_ scope: CallScope) {
        pending += 1
        if let id = scope.id { open[id] = scope }
    }

    /// Takes note that the call has its answer.
    func didAnswer(_ scope: CallScope) {
        if let id = scope.id { open[id] = nil }
    }

    /// Takes note that the call's handler is done.
    func didEnd(hasAnswered: Bool) {
        pending -= 1
        if !hasAnswered { onRoom?() }
    }
}
