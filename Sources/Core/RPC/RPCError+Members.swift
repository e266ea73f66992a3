public import OpsJSONRPC

/// What is wrong with members of what a caller wrote.
extension RPCError {
    /// A caller's mistakes in named members.
    public static func badMembers(_ fields: [FieldError]) -> RPCError {
        let names = fields.prefix(10).map(\.path).joined(separator: ", ")
        let more = fields.count > 10 ? " and \(fields.count - 10) more" : ""
        return .invalidParams("These members are wrong: \(names)\(more).", fields: fields)
    }

    /// A caller's mistake in one member.
    public static func badMember(_ path: String, _ reason: String) -> RPCError {
        badMembers([FieldError(path: path, reason: reason)])
    }

    /// The same error about members that lie deeper in what the caller wrote.
    public func moved(under prefix: String) -> RPCError {
        var moved = self
        moved.fields = fields.map { FieldError(path: "\(prefix).\($0.path)", reason: $0.reason) }
        if moved.fields.isEmpty { moved.fields = [FieldError(path: prefix, reason: message)] }
        return moved
    }
}
