/// The members of one request or response as they were found, before anyone has judged them.
///
/// It cannot be copied, because one lives for every message and copying it was a fifth of the
/// time that reading a small one takes.
struct Envelope: ~Copyable {
    enum ID {
        case absent
        case value(RequestID)
        case wrongType
        case tooLong(Int)
    }

    var seen = Set()
    var isVersion2 = false
    var id = ID.absent
    var hasTwoIDs = false
    var method: String?
    var params: JSON?
    /// The result or the error, whichever has been seen; a proper response has only one.
    var outcome: JSON?
    /// The keys that the protocol does not know; nil, which costs nothing, in nearly all messages.
    var strangeKeys: Swift.Set<[UInt8]>?

    /// What the members amount to.
    func judged() -> Incoming {
        switch id {
        case .wrongType: return invalid("The id must be a string, a number or null.")
        case .tooLong(let limit): return invalid("The id is longer than \(limit) bytes.")
        case .absent, .value: break
        }
        guard isVersion2 else { return invalid("The member \"jsonrpc\" must be \"2.0\".") }
        if seen.contains(Member.method.bit) { return request() }
        guard let outcome else { return invalid("The member \"method\" is missing.") }
        return response(outcome)
    }

    /// The error for members that cannot be judged because one stands twice.
    func blamed(forDuplicate key: String) -> Incoming { .invalid(id: echo, .duplicateKey(key)) }

    private func request() -> Incoming {
        guard let method else { return invalid("The method must be a string.") }
        let known: RequestID? = if case .value(let id) = id { id } else { nil }
        switch params {
        case nil, .null?: return .request(Request(id: known, method: method, params: nil))
        case .array?, .object?: return .request(Request(id: known, method: method, params: params))
        case .bool(_)?, .number(_)?, .string(_)?:
            return invalid("The params must be an object or an array.")
        }
    }

    /// A malformed response is answered with id null: its id names a call of ours, and echoing it
    /// could be taken for the answer to a call of the peer's.
    private func response(_ outcome: JSON) -> Incoming {
        let hasError = seen.contains(Member.error.bit)
        guard hasError != seen.contains(Member.result.bit), case .value(let id) = id else {
            return .invalid(
                id: .null,
                .invalidRequest("A response has an id and either a result or an error."))
        }
        return .response(
            Response(
                id: id, result: hasError ? .failure(RPCError(json: outcome)) : .success(outcome)))
    }

    private func invalid(_ message: String) -> Incoming {
        .invalid(id: echo, .invalidRequest(message))
    }

    /// The id to answer with: null when none was sent or it cannot be told.
    private var echo: RequestID {
        if case .value(let id) = id, !hasTwoIDs { id } else { .null }
    }
}

extension Envelope {
    /// The members that the protocol knows.
    enum Member: String {
        case jsonrpc, id, method, params, result, error

        /// Recognises a key by its bytes.
        init?(_ key: UnsafeBufferPointer<UInt8>) {
            switch key.count {
            case 2 where key.holds("id"): self = .id
            case 5 where key.holds("error"): self = .error
            case 6 where key.holds("method"): self = .method
            case 6 where key.holds("params"): self = .params
            case 6 where key.holds("result"): self = .result
            case 7 where key.holds("jsonrpc"): self = .jsonrpc
            default: return nil
            }
        }

        var bit: Set {
            switch self {
            case .jsonrpc: Set(rawValue: 1)
            case .id: Set(rawValue: 2)
            case .method: Set(rawValue: 4)
            case .params: Set(rawValue: 8)
            case .result: Set(rawValue: 16)
            case .error: Set(rawValue: 32)
            }
        }
    }

    /// Which members have been seen.
    struct Set: OptionSet {
        var rawValue: UInt8
    }
}
