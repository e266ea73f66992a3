internal import OpsCore
internal import OpsJSONRPC

/// A record that the plugin keeps beside the tickets: a queue, a calendar, an SLA, a freeze, a model,
/// a trigger, a template.
///
/// All of them are created, shown, listed, changed and deleted by the same code; what tells a kind
/// from the others stands in the type that conforms.
protocol Record: Codable, Sendable, Equatable {
    static var kind: RecordKind { get }

    /// What rows are read by, the record as `r`.
    static var selection: String { get }
    /// What rows are read by that callers get to see, where that is more.
    static var shownSelection: String { get }

    var ref: Ref { get set }
    var name: String { get }
    /// What full-text search finds it by, beside its name.
    var text: String { get }
    var updatedAt: Instant { get set }
    var createdAt: Instant { get }
    var generation: Int { get set }

    init(row: Row) throws

    /// The columns of the table beside those that every kind has, with what is in them.
    func columns(in tx: ReadTransaction) throws -> KeyValuePairs<String, (any SQLConvertible)?>

    /// What the audit log keeps of it.
    func audited() throws -> JSON

    /// Refuses what cannot be, by the member.
    func check(in tx: ReadTransaction) throws

    /// Refuses to lose a record that others need.
    func refuseUsed(in tx: ReadTransaction) throws

    /// Does what follows from a change, or from being new, in the same transaction.
    func follow(_ old: Self?, in tx: WriteTransaction) throws

    /// Takes away what the plugin knows besides of a record that is deleted.
    func forget(in tx: WriteTransaction) throws
}

extension Record {
    static var selection: String { "SELECT r.* FROM \(kind.table) r" }
    static var shownSelection: String { selection }

    static func ref(_ id: Int) -> Ref { Ref(kind.noun, id) }

    /// The ref of a record that is to be created.
    static func nextRef(in tx: WriteTransaction) throws -> Ref { ref(try tx.nextID(kind.noun)) }

    /// The number behind the ref, by which other tables know it.
    var id: Int { Int(ref.key) ?? 0 }

    /// What events say of it.
    var identity: JSON {
        [Self.kind.member: .string(ref.description), "name": .string(name)]
    }

    func audited() throws -> JSON { try JSON(encoding: self) }
    func check(in tx: ReadTransaction) throws {}
    func refuseUsed(in tx: ReadTransaction) throws {}
    func follow(_ old: Self?, in tx: WriteTransaction) throws {}
    func forget(in tx: WriteTransaction) throws {}
}
