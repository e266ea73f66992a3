/// A server's answer, read from its bytes.
struct DNSMessage: Sendable, Equatable {
    /// What is wrong with bytes that are no answer.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    var isAuthoritative = false
    var isTruncated = false
    var responseCode = 0
    var answers: [DNSRecord] = []

    /// Reads an answer.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        var reader = DNSReader(bytes)
        try reader.skip(2)
        let flags = try reader.word()
        guard flags & 0x8000 != 0 else { throw Malformed(reason: "it is a question") }
        isAuthoritative = flags & 0x0400 != 0
        isTruncated = flags & 0x0200 != 0
        responseCode = Int(flags & 0x000F)
        let questions = try reader.word()
        let records = try reader.word()
        try reader.skip(4)
        for _ in 0..<questions {
            _ = try reader.name()
            try reader.skip(4)
        }
        for _ in 0..<records { answers.append(try reader.record()) }
    }

    init() {}
}
