extension RPCError {
    /// Tells a caller which of its parameters could not be decoded (-32602).
    public static func invalidParams(_ error: DecodingError) -> RPCError {
        .invalidParams("The parameters do not fit.", fields: [FieldError(error)])
    }
}

extension RPCError.FieldError {
    /// The field that could not be decoded, its path written as `points[3].value`.
    public init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            let name = key is any VerbatimKey ? key.stringValue : WireName.of(key.stringValue)
            self.init(Self.path(context.codingPath + [WireKey(name)]), "is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            self.init(Self.path(context.codingPath), context.debugDescription)
        @unknown default:
            self.init("", "cannot be decoded: \(error)")
        }
    }

    private init(_ path: String, _ reason: String) { self.init(path: path, reason: reason) }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
