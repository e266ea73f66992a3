internal import OpsJSONRPC

/// Why a call into a plugin has no result.
enum PeerFailure: Error {
    /// The plugin answered with an error.
    case answered(RPCError)
    /// The call has more bytes than the plugin takes, now or ever.
    case tooLarge(RPCError)
    /// There is no room for the call.
    case busy(RPCError)
    /// The plugin did not answer in time.
    case timedOut(Duration)
    /// Whoever called does not want the answer any more.
    case cancelled
    /// The plugin ended; what was not sent has not been begun either.
    case terminated(wasSent: Bool)
}

extension PeerFailure: CustomStringConvertible {
    /// The sentence for the log.
    var description: String {
        switch self {
        case .answered(let error), .tooLarge(let error), .busy(let error): "\(error)"
        case .timedOut(let limit): "it did not answer within \(limit.milliseconds) ms"
        case .cancelled: "the call was cancelled"
        case .terminated: "it ended"
        }
    }
}
