public import OpsJSONRPC

/// What an import did, or on a dry run would do.
public struct Imported: Codable, Sendable {
    /// What becomes of a record.
    public enum Action: String, Codable, CaseIterable, Sendable {
        /// It comes.
        case create
        /// It changes.
        case update
    }

    /// One record that comes or changes.
    public struct Change: Codable, Sendable {
        /// What becomes of it.
        public var action: Action
        /// What it is, for people.
        public var kind: String
        /// What it is called.
        public var name: String
        /// Its ref.
        public var ref: String
        /// The members that differ, as they were.
        public var before: JSON.Object?
        /// The members that differ, as they are.
        public var after: JSON.Object?

        /// Compares a record with what it was; with nothing where it comes.
        public init(
            kind: String, name: String, ref: String, from old: JSON.Object?, to new: JSON.Object
        ) {
            (self.kind, self.name, self.ref) = (kind, name, ref)
            guard let old else {
                (action, before, after) = (.create, nil, new)
                return
            }
            let names = Set(old.keys + new.keys).filter { old[$0] != new[$0] }
            (action, before, after) = (
                .update, Self.only(names, of: old), Self.only(names, of: new)
            )
        }

        private static func only(_ names: Set<String>, of members: JSON.Object) -> JSON.Object {
            JSON.Object(members.filter { names.contains($0.key) }.map { ($0.key, $0.value) })
        }
    }

    /// How many records came, changed and stayed.
    public struct Counts: Codable, Sendable, Equatable {
        /// How many came.
        public var created = 0
        /// How many changed.
        public var updated = 0
        /// How many stayed as they were.
        public var unchanged = 0
        /// How many went; only relations do.
        public var removed: Int?

        /// Nothing yet.
        public init() {}

        /// Whether there is anything else than before.
        public var isChange: Bool { created + updated + (removed ?? 0) > 0 }
    }

    /// The counts, by noun.
    public var counts: [String: Counts]
    /// The first changes, as many as were asked for.
    public var changes: [Change]
    /// How many changes more there are than `changes` shows.
    public var moreChanges: Int
    /// How many records were left out, or relations of theirs, because they are wrong; none unless the
    /// mode is rows.
    public var rejected: Int
    /// What is wrong with them, up to a hundred mistakes in the order of the lines.
    public var mistakes: [RPCError.FieldError]
}
