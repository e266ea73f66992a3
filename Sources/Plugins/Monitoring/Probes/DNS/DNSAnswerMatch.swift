/// How the answers of a `dns` check are held against those that are expected.
enum DNSAnswerMatch: String, Codable, CaseIterable, Sendable {
    /// Every expected one is there; others may be.
    case all
    /// At least one of the expected ones is there.
    case any
    /// The expected ones are there, and no other.
    case exactly
}
