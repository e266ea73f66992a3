internal import OpsJSONRPC

extension Message {
    /// Whether the message has an answer at all.
    var wantsAnswer: Bool {
        switch self {
        case .single(let incoming): incoming.answeredID != nil
        case .batch(let items): items.contains { $0.answeredID != nil }
        case .emptyBatch, .batchTooLarge: true
        }
    }

    /// The answer that refuses everything in the message with one error.
    func refused(with error: RPCError) -> [UInt8] {
        switch self {
        case .single(let incoming): return Self.refusal(incoming.answeredID ?? .null, error)
        case .emptyBatch: return Self.refusal(.null, error)
        case .batchTooLarge(let id): return Self.list([Self.refusal(id, error)])
        case .batch(let items):
            return Self.list(items.compactMap(\.answeredID).map { Self.refusal($0, error) })
        }
    }

    private static func refusal(_ id: RequestID, _ error: RPCError) -> [UInt8] {
        var text: [UInt8] = []
        MessageWriter.error(error, id: id, to: &text, ending: .none)
        return text
    }

    private static func list(_ items: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
}

extension Incoming {
    /// The id of the answer; nil for what is not answered.
    fileprivate var answeredID: RequestID? {
        switch self {
        case .request(let request): request.id
        case .invalid(let id, _): id
        case .response: nil
        }
    }
}
