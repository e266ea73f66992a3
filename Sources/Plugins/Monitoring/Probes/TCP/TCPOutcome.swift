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
        case timedOut
        case cancelled
    }

    var ending: Ending
    /// `nil` when there was no connection.
    var connectSeconds: Double?
    var totalSeconds: Double
    /// What the other side said, as far as it was read.
    var received: [UInt8] = []
}
