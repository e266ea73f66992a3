public import OpsJSONRPC

/// Decides whether a caller may make a call.
public protocol Access: Sendable {
    /// Why the caller may not make this call; nil when it may.
    ///
    /// Asked on the loop's thread before every call, so it is quick and never blocks.
    func refusal(_ attempt: AccessAttempt) -> RPCError?

    /// Whether the caller sees and changes only records of its own by this method.
    func isLimitedToOwn(_ method: String, _ effect: Effect) -> Bool

    /// Why nothing is left of these rights, so that a connection that lives on them is closed; nil
    /// as long as they last.
    ///
    /// Asked on the loop's thread about once a second.
    var end: RPCError? { get }
}

extension Access {
    /// Whose a record is makes no difference.
    public func isLimitedToOwn(_ method: String, _ effect: Effect) -> Bool { false }

    /// These rights last as long as the connection.
    public var end: RPCError? { nil }
}
