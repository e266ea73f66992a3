/// Collects the answers of a batch and joins them in the order of the requests.
final class BatchReply: @unchecked Sendable {
    // @unchecked Sendable: touched only on the loop's thread.
    let gate = ReplyGate()
    private var replies: [[UInt8]]
    private var missing: Int

    init(slots: Int) {
        replies = Array(repeating: [], count: slots)
        missing = slots
    }

    /// Stores an answer (empty for a notification).
    ///
    /// Returns the whole line once nothing is
    /// missing, empty when the batch had notifications only.
    func fill(_ slot: Int, _ reply: [UInt8]) -> [UInt8]? {
        replies[slot] = reply
        missing -= 1
        guard missing == 0 else { return nil }
        let answers = replies.filter { !$0.isEmpty }
        guard !answers.isEmpty else { return [] }
        return [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "]"), UInt8(ascii: "\n")]
    }
}
