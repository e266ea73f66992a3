/// The end of the audit log at some moment: `1234:5be1...`, a row's number and its hash.
///
/// Kept where whoever can write to the database can't, it proves later that nothing before it was
/// changed.
struct AuditHead: Sendable, Equatable, CustomStringConvertible {
    let seq: Int64
    let hash: [UInt8]

    init(seq: Int64, hash: [UInt8]) {
        self.seq = seq
        self.hash = hash
    }

    /// Reads the text that ``description`` writes; nil for any other.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let seq = Int64(parts[0]), seq >= 0,
            let hash = Hexadecimal.bytes(String(parts[1])), hash.count == SHA256.byteCount
        else { return nil }
        self.init(seq: seq, hash: hash)
    }

    var description: String { "\(seq):\(Hexadecimal.text(hash))" }
}
