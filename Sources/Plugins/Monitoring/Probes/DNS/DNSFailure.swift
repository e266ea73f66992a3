internal import CCares

/// Why there is no answer, in a few words.
struct DNSFailure: Error, Sendable, Equatable {
    let reason: String

    /// Throws what a status of c-ares says, unless all is well.
    static func check(_ status: CInt) throws(DNSFailure) {
        if status != ARES_SUCCESS { throw DNSFailure(status) }
    }

    init(reason: String) {
        self.reason = reason
    }

    init(_ status: CInt) {
        switch status {
        // c-ares does not tell the one from the other.
        case ARES_ECONNREFUSED: reason = "connection refused or closed"
        case ARES_EBADNAME: reason = "the name cannot be asked for"
        case ARES_ENOMEM: reason = "out of memory"
        default: reason = String(cString: ares_strerror(status))
        }
    }
}
