internal import OpsJSONRPC

/// One connection's side of the dispatcher: who calls, and which of its calls are not answered yet.
public final class Caller: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread, where calls begin and
    // where their answers come back.

    /// Who calls.
    public let principal: Principal
    /// The connection, until it has ended.
    public private(set) var session: (any Session)?
    var inFlight: Set<RequestID> = []
    private var pending = 0

    /// Makes the caller of a connection.
    public init(principal: Principal, session: (any Session)?) {
        self.principal = principal
        self.session = session
    }

    /// How many calls are not answered yet, notifications included.
    public var pendingCalls: Int { pending }

    /// Lets go of the connection, which has ended.
    public func disconnect() { session = nil }

    func begin(_ id: RequestID?) {
        pending += 1
        if let id { inFlight.insert(id) }
    }

    func end(_ id: RequestID?) {
        pending -= 1
        if let id { inFlight.remove(id) }
    }
}
