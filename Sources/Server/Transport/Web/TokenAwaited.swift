internal import OpsCore
internal import OpsJSONRPC

/// What a connection may do before it has shown a token: show one, and ask whether we are there.
struct TokenAwaited: Access {
    static let principal = Principal("anonymous")
    private static let open: Set<String> = ["token.use", "system.ping"]

    func refusal(_ attempt: AccessAttempt) -> RPCError? {
        guard !Self.open.contains(attempt.method) else { return nil }
        var error = RPCError.unauthenticated("A token is needed.")
        error.hint = "Call token.use first, or connect with the header Authorization: Bearer TOKEN."
        return error
    }
}
