public import OpsJSONRPC

/// The point where hooks stand before every method that writes.
///
/// The hook of `ticket.create` is `ticket.before_create`; its payload is the parameters.
public protocol HookRunner: Sendable {
    /// Whether anybody hooks in there; asked before every write, so it is quick.
    func hasHooks(_ name: String) -> Bool
    /// Asks whoever hooks in before the method, and returns the parameters to go on with.
    ///
    /// Without a method everybody is asked, whatever their filters: these have been seen to.
    /// - Throws: ``OpsJSONRPC/RPCError`` when somebody rejects the call; the caller gets it.
    func run(
        _ name: String, before method: MethodDeclaration?, payload: JSON.Object, for call: Call
    ) async throws(RPCError) -> JSON.Object
}
