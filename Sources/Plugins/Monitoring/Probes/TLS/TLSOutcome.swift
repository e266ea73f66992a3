/// How a run of a `tls` check went.
struct TLSOutcome: Sendable, Equatable {
    /// What ended it.
    enum Ending: Sendable, Equatable {
        /// Why there is no connection.
        case notConnected(reason: String)
        case conversation(TLSConversation.Ending)
        /// The certificates could not be looked at, and why.
        case notJudged(reason: String)
    }

    var ending: Ending
    /// nil when the certificates were not looked at.
    var verdict: ChainVerdict?
    /// nil when there was no connection.
    var connectSeconds: Double?
    /// nil when there was no handshake.
    var handshakeSeconds: Double?
    var totalSeconds = 0.0
}
