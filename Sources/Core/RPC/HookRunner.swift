public import OpsJSONRPC

/// The point where hooks stand before every method that writes.
///
/// The hook of `ticket.create` is `ticket.before_create`; its payload is the parameters.
public protocol HookRunner: Sendable {
    /// Whether anybody hooks in there; asked before every write, so it is quick.
    func hasHooks(_ name: String) -> Bool
    /// Asks whoever hooks in, and returns the parameters to go on with.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` when somebody rejects the call; the caller gets it.
    func run(
        _ name: String, payload: JSON.Object, for call: Call
    ) async throws(RPCError) -> JSON.Object
}
