public import OpsJSONRPC

/// What a handler knows about the call that it answers.
public struct Call: Sendable {
    /// The method that was called.
    public let method: String
    /// Who calls.
    public let principal: Principal
    /// The connection that the call came in on, where there is one.
    public let session: (any Session)?

    private let number: UInt64
    private let gate: ReplyGate?

    init(
        method: String, principal: Principal, number: UInt64, session: (any Session)? = nil,
        gate: ReplyGate? = nil
    ) {
        self.method = method
        self.principal = principal
        self.number = number
        self.session = session
        self.gate = gate
    }

    /// The call's name in this process; error answers and audit rows carry it.
    public var requestID: String { "r\(number)" }

    /// Runs `body` on the loop once the answer to this call, or to the batch that it came in, has
    /// been handed to the connection.
    func afterReply(_ body: @escaping @Sendable () -> Void) {
        guard let gate else { return body() }
        gate.afterReply(body)
    }

    /// What an audit row says about why the write happened.
    public var reason: String { "\(method) \(requestID)" }
}

/// A connection to which the platform can send without being asked.
public protocol Session: AnyObject, Sendable {
    /// Sends a notification; called on the loop's thread.
    func notify(_ method: String, _ params: JSON)
    /// The bytes that the other side has not read yet.
    var queuedBytes: Int { get }
    /// Calls `body` on the loop's thread when the connection has ended.
    func onEnd(_ body: @escaping @Sendable () -> Void)
}
