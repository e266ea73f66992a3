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

    /// What is said about a member that nobody declared.
    static func unknownMemberReason(_ name: String, among names: [String]) -> String {
        guard let near = Spelling.nearest(name, among: names) else {
            guard !names.isEmpty else { return "is not a member; there are none" }
            return "is not a member; there are \(names.joined(separator: ", "))"
        }
        return "is not a member; did you mean \(near)?"
    }

    /// Runs `body` and puts a prefix before the paths of what it complains about.
    static func under<T>(
        _ prefix: String, _ body: () throws(RPCError) -> T
    ) throws(RPCError) -> T {
        do {
            return try body()
        } catch {
            guard !error.fields.isEmpty else { throw error }
            throw .invalidParams(
                error.fields.map { field in
                    FieldError(
                        path: field.path.isEmpty ? prefix : "\(prefix).\(field.path)",
                        reason: field.reason)
                })
        }
    }
}
