internal import OpsCore
internal import OpsJSONRPC

/// One thing of which what is documented and what was observed differ.
struct Drift: Codable, Sendable {
    /// How they differ.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The item is documented otherwise.
        case changed
        /// No item is documented.
        case undocumented
        /// The item is documented, and was not observed for a while.
        case unseen
    }

    /// A member that differs.
    struct Member: Codable, Sendable, Equatable {
        /// Its name; of a field of the item's own `fields.NAME`.
        var member: String
        /// Absent where nothing is documented.
        var documented: JSON?
        /// Absent where the source says that there is nothing.
        var observed: JSON?
        /// Since when they have differed, as far as was observed.
        var since: Instant
    }

    var kind: Kind
    /// The item; absent where none is documented.
    var ref: Ref?
    var name: String
    var `class`: String?
    /// Who observed it, and by which key.
    var source: String?
    var externalKey: String?
    /// Since when; of what is unseen the time when it was observed last, or documented first.
    var since: Instant
    /// When it was observed last.
    var seenAt: Instant?
    var changed: [Member]
}

/// Decides in which members what is documented differs from what was observed.
enum DriftRules {
    /// These tell the record; that somebody else observes it is no difference.
    private static let keys: Set<String> = ["discovered_by", "external_key"]

    /// - Parameters:
    ///   - documented: The item's members as they are.
    ///   - observed: The item's members as they were if the observation were imported.
    ///   - known: The differences that were known before: they go on since then.
    static func members(
        _ documented: JSON.Object, _ observed: JSON.Object, known: [Drift.Member] = [],
        at now: Instant
    ) -> [Drift.Member] {
        let (old, new) = (flat(documented), flat(observed))
        return Set(old.keys + new.keys).subtracting(keys).sorted().compactMap { member in
            guard old[member] != new[member] else { return nil }
            let before = known.first { $0.member == member }
            return Drift.Member(
                member: member, documented: old[member], observed: new[member],
                since: before?.since ?? now)
        }
    }

    /// The members with each field of the item's own as one of them.
    private static func flat(_ members: JSON.Object) -> JSON.Object {
        var flat = members
        flat["fields"] = nil
        for (name, value) in members["fields"]?.object ?? [:] { flat["fields.\(name)"] = value }
        return flat
    }
}
