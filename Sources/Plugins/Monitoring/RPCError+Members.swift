internal import OpsJSONRPC

extension RPCError {
    /// A caller's mistake in named members.
    static func badMembers(_ fields: [FieldError]) -> RPCError {
        let names = fields.map(\.path).joined(separator: ", ")
        return .invalidParams("These members are wrong: \(names).", fields: fields)
    }

    /// A caller's mistake in one member.
    static func badMember(_ path: String, _ reason: String) -> RPCError {
        badMembers([FieldError(path: path, reason: reason)])
    }

    /// The same error about members that lie deeper in what the caller wrote.
    func moved(under prefix: String) -> RPCError {
        var moved = self
        moved.fields = fields.map { FieldError(path: "\(prefix).\($0.path)", reason: $0.reason) }
        if moved.fields.isEmpty { moved.fields = [FieldError(path: prefix, reason: message)] }
        return moved
    }
}
