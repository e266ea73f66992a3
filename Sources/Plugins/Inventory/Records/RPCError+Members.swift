internal import OpsJSONRPC

extension RPCError {
    /// A caller's mistakes in named members.
    static func badMembers(_ fields: [FieldError]) -> RPCError {
        let names = fields.prefix(10).map(\.path).joined(separator: ", ")
        let more = fields.count > 10 ? " and \(fields.count - 10) more" : ""
        return .invalidParams("These members are wrong: \(names)\(more).", fields: fields)
    }

    /// A caller's mistake in one member.
    static func badMember(_ path: String, _ reason: String) -> RPCError {
        badMembers([FieldError(path: path, reason: reason)])
    }
}
