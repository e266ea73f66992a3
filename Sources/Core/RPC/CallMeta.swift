public import OpsJSONRPC

/// What `params._meta` says about a call: how it is to be carried out, not what it is about.
///
/// The dispatcher takes it out of the parameters before anybody else sees them.
public struct CallMeta: Sendable, Equatable {
    /// The member of the parameters that holds it.
    public static let key = "_meta"

    /// Whether nothing is to stay of what the call does.
    public var isDryRun = false
    /// The caller's name for this very call; a second call of that name gets the first one's result.
    public var idempotencyKey: String?
    /// How long the caller waits.
    public var timeoutMs: Int?
    /// What the caller wants to find in the progress notifications: a string or an integer.
    public var progressToken: JSON?
    /// The caller's place in a trace (W3C Trace Context), handed on as it came.
    public var traceparent: String?

    /// Says nothing out of the ordinary.
    public init() {}
}

// MARK: - Reading

extension CallMeta {
    /// Reads the value of `params._meta`.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params`, naming every member that is unknown or
    ///   not what it should be.
    public init(json: JSON) throws(RPCError) {
        guard let members = json.object else { throw .badField(Self.key, "must be an object") }
        var errors: [RPCError.FieldError] = []
        for (name, value) in members where !take(name, value) {
            errors.append(
                RPCError.FieldError(path: "\(Self.key).\(name)", reason: Self.complaint(name)))
        }
        guard errors.isEmpty else { throw .invalidParams(errors) }
    }

    /// Takes `_meta` out of the parameters of a call.
    static func take(from params: inout JSON?) -> JSON? {
        // Borrowed first: nearly no call has one, and taking the object out copies it.
        guard case .object(let members)? = params, let meta = members[key] else { return nil }
        var rest = members
        rest[key] = nil
        params = .object(rest)
        return meta
    }

    private static let rules: [(name: String, rule: String)] = [
        ("dry_run", "must be true or false"),
        ("idempotency_key", "must be a string of 1 to 128 bytes"),
        ("timeout_ms", "must be an integer from 1 to 86400000"),
        ("progress_token", "must be a string of at most 128 bytes or an integer"),
        ("traceparent", "must be a string of at most 128 bytes"),
    ]

    private static func complaint(_ name: String) -> String {
        if let known = rules.first(where: { $0.name == name }) { return known.rule }
        let names = rules.map(\.name)
        return Spelling.nearest(name, among: names).map { "is not known; did you mean \($0)?" }
            ?? "is not known; there are \(names.joined(separator: ", "))"
    }

    /// Takes one member; false when it is not known or not what it should be.
    private mutating func take(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "dry_run":
            guard let flag = value.bool else { return false }
            isDryRun = flag
        case "idempotency_key":
            guard let text = Self.text(value), !text.isEmpty else { return false }
            idempotencyKey = text
        case "timeout_ms":
            guard let limit = value.int, (1...86_400_000).contains(limit) else { return false }
            timeoutMs = limit
        case "progress_token":
            guard value.int != nil || Self.text(value) != nil else { return false }
            progressToken = value
        case "traceparent":
            guard let text = Self.text(value) else { return false }
            traceparent = text
        default: return false
        }
        return true
    }

    private static func text(_ value: JSON) -> String? {
        value.string.flatMap { $0.utf8.count <= 128 ? $0 : nil }
    }
}

// MARK: - Writing

extension CallMeta {
    /// The members that are set, as they go over the wire.
    public var json: JSON.Object {
        var members = JSON.Object()
        if isDryRun { members["dry_run"] = true }
        members["idempotency_key"] = idempotencyKey.map(JSON.string)
        members["timeout_ms"] = timeoutMs.map { .number(JSON.Number($0)) }
        members["progress_token"] = progressToken
        members["traceparent"] = traceparent.map(JSON.string)
        return members
    }
}
