internal import OpsCore
internal import OpsJSONRPC

/// One kind of record of the inventory: its words, its columns and the rules of its members.
///
/// All kinds are read, written and listed by the same code; what tells them apart stands here.
struct RecordKind: Sendable {
    let noun: String
    /// What one is called in a sentence.
    let title: String
    let columns: [RecordColumn]
    /// The members by which callers may name a record, beside its ref.
    let keys: [String]
    /// Members that, taken together, only one record may have.
    let unique: [[String]]
    /// The member that names the record above one, where records of the kind form a tree.
    let parent: String?
    /// The members that events carry, beside ref and name.
    let announced: [String]
    /// What a caller may say of a record.
    let fields: [FieldSpec]
    private let validate: @Sendable (JSON.Object) throws(RPCError) -> Void

    init<Members: Declared>(
        _ noun: String, _ title: String, _ members: Members.Type, columns: [RecordColumn],
        keys: [String] = ["name"], unique: [[String]], parent: String? = nil,
        announced: [String] = []
    ) {
        let set = FieldSet(members)
        self.noun = noun
        self.title = title
        self.columns = columns
        self.keys = keys
        self.unique = unique
        self.parent = parent
        self.announced = announced
        fields = set.fields
        validate = { given throws(RPCError) in _ = try set.decode(given) }
    }

    var table: String { "inventory_\(noun)" }

    /// What a caller may change of a record: nothing is required, and the record stands first.
    var changeableFields: [FieldSpec] {
        fields.map { field in
            var field = field.optional
            field.traits.isPositional = false
            return field
        }
    }

    /// Reads what a caller said into the form in which records are kept and compared.
    ///
    /// What is null or not there is the default, or absent where there is none.
    ///
    /// - Throws: `invalid_params` naming every member that is wrong.
    func normalized(_ given: JSON.Object) throws(RPCError) -> JSON.Object {
        try validate(given)
        var members = JSON.Object()
        for column in columns {
            let standard = fields.first { $0.name == column.member }?.defaultValue
            let value = given[column.member].flatMap { $0.isNull ? Optional.none : $0 } ?? standard
            if let value { members[column.member] = Self.normalized(value, column.content) }
        }
        return members
    }

    private static func normalized(_ value: JSON, _ content: RecordColumn.Content) -> JSON? {
        switch content {
        case .text, .object: value
        case .int: value.int.map { .number(JSON.Number($0)) }
        case .instant: value.string.flatMap(Instant.init).map { .string($0.description) }
        // No name, no record: an empty text takes a reference away.
        case .reference: value.string == "" ? Optional.none : value
        }
    }
}
