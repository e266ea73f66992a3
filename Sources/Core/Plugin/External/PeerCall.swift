internal import OpsJSONRPC

/// A call into a plugin that has no answer yet.
struct PeerCall {
    typealias Outcome = Result<[UInt8], PeerFailure>

    /// Whose turn it is when a plugin has as much to do as it may.
    enum Lane {
        /// A caller's call: counts against the limit, and waits beyond it.
        case call
        /// The host's own business, which must not wait behind the callers'.
        case control
    }

    let method: String
    let lane: Lane
    /// By the uptime; nil when there is all the time of the world.
    let deadline: Duration?
    let begun: Duration
    /// The whole line, while the call waits for its turn.
    var waitingText: [UInt8]?
    let onProgress: ((JSON) -> Void)?
    let done: (Outcome) -> Void

    var wasSent: Bool { waitingText == nil }
}
