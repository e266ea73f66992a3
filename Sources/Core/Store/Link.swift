public import OpsJSONRPC

/// An edge of the link graph: one record's relation to another.
public struct Link: Sendable, Hashable, Codable {
    /// The record that the relation starts from.
    public let from: Ref
    /// How the two belong together, as a verb or preposition: `affects`, `depends_on`.
    public let relation: String
    /// The record that the relation points to.
    public let to: Ref
    /// When the two were linked.
    public let at: Instant

    /// Creates a link from its parts.
    public init(from: Ref, relation: String, to: Ref, at: Instant) {
        self.from = from
        self.relation = relation
        self.to = to
        self.at = at
    }

    /// The other end, seen from one of the two records.
    public func other(than ref: Ref) -> Ref { ref == from ? to : from }
}
