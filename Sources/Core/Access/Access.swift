public import OpsJSONRPC

/// Decides whether a caller may make a call.
public protocol Access: Sendable {
    /// Why the caller may not make this call; nil when it may.
    ///
    /// Asked on the loop's thread before every call, so it is quick and never blocks.
    func refusal(_ attempt: AccessAttempt) -> RPCError?
}
