internal import OpsJSONRPC

extension DecodingError {
    /// Says which member was wrong and why, in words for the caller.
    func fieldError(under prefix: String) -> RPCError.FieldError {
        let context: Context
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
            context = found
        case .keyNotFound(let key, let found):
            return RPCError.FieldError(
                path: Self.path(prefix, found.codingPath + [key]), reason: "is missing")
        @unknown default:
            return RPCError.FieldError(path: prefix, reason: "cannot be read")
        }
        return RPCError.FieldError(
            path: Self.path(prefix, context.codingPath), reason: context.debugDescription)
    }

    private static func path(_ prefix: String, _ keys: [any CodingKey]) -> String {
        keys.reduce(into: prefix) { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
