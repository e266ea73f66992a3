package import OpsJSONRPC

/// Answers calls from inside the process in the place of this platform.
///
/// A plugin that runs as a program has a platform of its own; the methods of others are the host's.
package protocol CallForwarder: Sendable {
    /// Whether calls of the method are not for this platform.
    func forwards(_ method: String) -> Bool
    /// Makes the call elsewhere.
    func call(_ method: String, _ params: JSON?, meta: CallMeta) async throws(RPCError) -> JSON
}
