internal import OpsJSONRPC

/// Collects the answers of a batch and joins them in the order of the requests.
final class BatchReply: @unchecked Sendable {
    // @unchecked Sendable: touched only on the loop's thread.
    let gate = ReplyGate()
    private var replies: [[UInt8]]
    private var missing: Int
    private let maxBytes: Int
    private var byteCount = 0

    /// Whether an answer did not fit, so that further calls are not worth carrying out.
    private(set) var isFull = false

    init(slots: Int, maxBytes: Int) {
        replies = Array(repeating: [], count: slots)
        missing = slots
        self.maxBytes = maxBytes
    }

    /// Stores an answer (empty for a notification).
    ///
    /// A call whose answer does not fit any more gets an error instead, and so does a call that is
    /// given no answer because the batch is full already. Returns the whole line once nothing is
    /// missing, empty when the batch had notifications only.
    func fill(_ slot: Int, _ reply: [UInt8], id: RequestID?) -> [UInt8]? {
        replies[slot] = fitting(reply, id)
        missing -= 1
        guard missing == 0 else { return nil }
        let answers = replies.filter { !$0.isEmpty }
        guard !answers.isEmpty else { return [] }
        return [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "]"), UInt8(ascii: "\n")]
    }

    private func fitting(_ reply: [UInt8], _ id: RequestID?) -> [UInt8] {
        guard let id else { return reply }
        let wasCarriedOut = !reply.isEmpty
        if wasCarriedOut, byteCount + reply.count <= maxBytes {
            byteCount += reply.count
            return reply
        }
        isFull = true
        var refusal: [UInt8] = []
        MessageWriter.error(tooLarge(wasCarriedOut), id: id, to: &refusal, ending: .none)
        return refusal
    }

    private func tooLarge(_ wasCarriedOut: Bool) -> RPCError {
        let fate =
            wasCarriedOut
            ? "The call was carried out, but its answer makes" : "The call was not carried out:"
        let excess = wasCarriedOut ? "larger than" : "has reached"
        return .tooLarge(
            "\(fate) the answer of the batch \(excess) \(maxBytes) bytes.",
            hint: "Send fewer calls in a batch.")
    }
}
