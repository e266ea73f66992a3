/// An error as it travels: a number, a stable word for it, and what the caller can do about it.
public struct RPCError: Error, Sendable, Equatable {
    /// One bad field of a request.
    public struct FieldError: Sendable, Equatable, Codable {
        /// Where the field stands, as `labels.site` or `points[3]`.
        public var path: String
        /// What is wrong with it.
        public var reason: String

        /// Makes a field error.
        public init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// The number on the wire.
    public var code: Int
    /// The stable word that programs compare.
    public var kind: String
    /// One sentence for people.
    public var message: String
    /// True when the same call may succeed later.
    public var retryable: Bool
    /// How long to wait before that, when known.
    public var retryAfterMs: Int?
    /// The fields that are to blame.
    public var fields: [FieldError]
    /// What to do about it, when known.
    public var hint: String?
    /// The server's name for the call, to be found in its log.
    public var requestID: String?

    /// Makes an error; the standard ones have functions of their own.
    public init(
        code: Int, kind: String, message: String, retryable: Bool = false,
        retryAfterMs: Int? = nil, fields: [FieldError] = [], hint: String? = nil,
        requestID: String? = nil
    ) {
        self.code = code
        self.kind = kind
        self.message = message
        self.retryable = retryable
        self.retryAfterMs = retryAfterMs
        self.fields = fields
        self.hint = hint
        self.requestID = requestID
    }
}

// MARK: - Text

extension RPCError: CustomStringConvertible {
    /// The message, the bad fields, the hint and the code, for a log or a terminal.
    public var description: String {
        let bad = fields.map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
        return message + (bad.isEmpty ? "" : " (\(bad))") + (hint.map { " \($0)" } ?? "")
            + " [\(kind) \(code)]"
    }
}

// MARK: - Wire

extension RPCError {
    /// The `error` member of a response.
    public var json: JSON {
        ["code": .number(JSON.Number(code)), "message": .string(message), "data": .object(data)]
    }

    private var data: JSON.Object {
        var data: JSON.Object = ["kind": .string(kind), "retryable": .bool(retryable)]
        data["retry_after_ms"] = retryAfterMs.map { .number(JSON.Number($0)) }
        if !fields.isEmpty {
            data["fields"] = .array(
                fields.map { ["path": .string($0.path), "reason": .string($0.reason)] })
        }
        data["hint"] = hint.map { .string($0) }
        data["request_id"] = requestID.map { .string($0) }
        return data
    }

    /// Reads the `error` member of a response, leniently: a server of another make may leave out
    /// anything but still deserves to have its message shown.
    public init(json: JSON) {
        let data = json["data"]
        self.init(
            code: json["code"]?.int ?? -32603,
            kind: data?["kind"]?.string ?? "unknown",
            message: json["message"]?.string ?? json.text,
            retryable: data?["retryable"]?.bool ?? false,
            retryAfterMs: data?["retry_after_ms"]?.int,
            fields: (data?["fields"]?.array ?? []).compactMap(Self.field),
            hint: data?["hint"]?.string,
            requestID: data?["request_id"]?.string)
    }

    private static func field(_ json: JSON) -> FieldError? {
        guard let path = json["path"]?.string, let reason = json["reason"]?.string else {
            return nil
        }
        return FieldError(path: path, reason: reason)
    }
}
