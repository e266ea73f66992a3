public import OpsJSONRPC

extension RPCError {
    /// Bad parameters, each named; the message says the same for people.
    static func invalidParams(_ fields: [FieldError]) -> RPCError {
        let parts = fields.map { $0.path.isEmpty ? $0.reason : "\($0.path) \($0.reason)" }
        return .invalidParams(parts.joined(separator: "; "), fields: fields)
    }

    /// A single bad parameter.
    public static func badField(_ path: String, _ reason: String) -> RPCError {
        .invalidParams([FieldError(path: path, reason: reason)])
    }
}
