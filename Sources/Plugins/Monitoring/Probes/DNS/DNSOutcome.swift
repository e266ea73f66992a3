/// How a question to a DNS server went.
struct DNSOutcome: Sendable, Equatable {
    /// What ended it.
    enum Ending: Sendable, Equatable {
        case answered(DNSMessage)
        /// There is an answer, but it cannot be read.
        case malformed(reason: String)
        /// There is no answer, and why.
        case failed(reason: String)
        case timedOut
        /// The check itself could not be carried out.
        case impossible(reason: String)
        case cancelled
    }

    var ending: Ending
    var seconds = 0.0
}
