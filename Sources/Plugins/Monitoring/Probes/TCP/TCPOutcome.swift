/// How a conversation over a connection went.
struct TCPOutcome: Sendable, Equatable {
    /// What ended it.
    enum Ending: Sendable, Equatable {
        /// Connected, and what was expected has been said.
        case complete
        /// Why there is no connection.
        case notConnected(reason: String)
        /// The other side closed the connection before it said what was expected.
        case closed
        /// The connection broke, with the system's words.
        case broken(reason: String)
        /// The TLS handshake failed.
        case insecure(reason: String)
        case timedOut
        case cancelled
    }

    var ending: Ending
    /// `nil` when there was no connection.
    var connectSeconds: Double?
    /// `nil` when there was no TLS handshake.
    var secureSeconds: Double?
    var totalSeconds: Double
    /// What the other side said, as far as it was read.
    var received: [UInt8] = []
    /// What the other side showed of itself, when TLS is spoken.
    var introduction: TLSIntroduction?
    /// What its certificates are found to be, or why they could not be looked at.
    var verdict: ChainVerdict?
    var obstacle: String?
}
