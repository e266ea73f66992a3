/// One record of an answer.
struct DNSRecord: Sendable, Equatable {
    /// In small letters, without the last dot.
    var name: String
    var type: UInt16
    /// For how many seconds it may be kept.
    var ttl: UInt32
    /// The data as zone files write it, with names as in `name`; a TXT record's texts joined, without
    /// quotes.
    var text: String
    /// The serial of an SOA record.
    var serial: UInt32?
}
