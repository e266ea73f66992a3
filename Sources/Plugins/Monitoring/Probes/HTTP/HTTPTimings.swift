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

    /// The parts of the request that happened, in their order.
    var phases: [Phase] {
        let ends = [
            ("dns", nameLookup), ("connect", connect), ("tls", tls), ("send", preTransfer),
            ("first_byte", firstByte), ("receive", total),
        ]
        var phases: [Phase] = []
        var last = 0.0
        for (name, end) in ends where end > 0 {
            // Over an open connection the parts before have no time of their own.
            phases.append(Phase(name: name, duration: .seconds(max(end - last, 0))))
            last = max(end, last)
        }
        return phases
    }
}
