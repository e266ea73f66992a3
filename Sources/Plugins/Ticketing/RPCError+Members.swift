internal import OpsJSONRPC

extension RPCError {
    /// A caller's mistake in one member.
    static func badMember(_ path: String, _ reason: String) -> RPCError {
        .invalidParams(
            "This member is wrong: \(path).", fields: [FieldError(path: path, reason: reason)])
    }
}
