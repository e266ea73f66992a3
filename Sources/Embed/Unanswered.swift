internal import OpsCore
internal import OpsJSONRPC

/// What the host still waits for; each reply is given exactly once, whatever happens.
final class Unanswered: Sendable {
    /// A reply that was promised.
    struct Reply: Sendable {
        /// The text that says that there will be no other answer.
        let refusal: @Sendable () -> [UInt8]
        let give: @Sendable ([UInt8]) -> Void
    }

    private struct State {
        var replies: [Int: Reply] = [:]
        var lastNumber = 0
        var isClosed = false
    }

    private let state = Guarded(State())

    /// Promises a reply; nil when nothing is answered any more.
    func add(_ reply: Reply) -> Int? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            state.replies[state.lastNumber] = reply
            return state.lastNumber
        }
    }

    /// Whether the reply of that number is still to be given.
    func holds(_ number: Int) -> Bool { state.withLock { $0.replies[number] != nil } }

    /// Gives a reply, unless that has happened.
    func answer(_ number: Int, _ text: [UInt8]) {
        let reply = state.withLock { $0.replies.removeValue(forKey: number) }
        reply?.give(text)
    }

    /// Promises nothing more, and refuses what was not answered, in the order of the calls.
    func refuseRest() {
        let rest = state.withLock { state in
            state.isClosed = true
            defer { state.replies = [:] }
            return state.replies.sorted { $0.key < $1.key }
        }
        for (_, reply) in rest { reply.give(reply.refusal()) }
    }
}
