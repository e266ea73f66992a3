/// One member of a kind of record, and the column that holds it.
struct RecordColumn: Sendable {
    /// What a member is, and with that how it is stored.
    enum Content: Sendable, Equatable {
        case text, int, instant
        /// An object, as its text.
        case object
        /// Another record, by its number; callers give and see its ref.
        case reference(to: String)
    }

    let member: String
    let content: Content

    static func text(_ member: String) -> Self { Self(member: member, content: .text) }
    static func int(_ member: String) -> Self { Self(member: member, content: .int) }
    static func instant(_ member: String) -> Self { Self(member: member, content: .instant) }
    static func object(_ member: String) -> Self { Self(member: member, content: .object) }
    static func reference(_ member: String, to noun: String) -> Self {
        Self(member: member, content: .reference(to: noun))
    }

    /// The noun of the record that a reference leads to; nil for what is no reference.
    var noun: String? {
        if case .reference(let noun) = content { noun } else { nil }
    }

    /// Whether a search can be filtered by it.
    var isFacet: Bool {
        switch content {
        case .text: !["name", "description", "address"].contains(member)
        case .int, .reference: true
        case .instant, .object: false
        }
    }

    /// The column's name in the table.
    var name: String { noun == nil ? member : "\(member)_id" }
    /// The member that shows the name of the record that a reference leads to.
    var nameMember: String { "\(member)_name" }
}
