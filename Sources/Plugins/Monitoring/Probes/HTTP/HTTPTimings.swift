/// When each phase of a request was over, in seconds since its start; 0 for one that did not happen.
struct HTTPTimings: Sendable, Equatable {
    var nameLookup = 0.0
    var connect = 0.0
    var tls = 0.0
    /// The request is about to be sent.
    var preTransfer = 0.0
    /// The first byte of the answer arrived.
    var firstByte = 0.0
    var total = 0.0

    /// Says what was going on when the request ended.
    func phase(isEncrypted: Bool) -> String {
        if preTransfer == 0 {
            if nameLookup == 0 { return "looking up the name" }
            if connect == 0 { return "connecting" }
            if isEncrypted, tls == 0 { return "in the TLS handshake" }
        }
        return firstByte == 0 ? "waiting for the answer" : "reading the answer"
    }
}
