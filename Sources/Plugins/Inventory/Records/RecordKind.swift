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
    /// What stands in a column when nothing is said, in the order of the columns.
    private let standards: [JSON?]
    /// The statements of the kind: thousands of records come in by the same ones.
    let insertion: String
    let update: String
    let selection: String
    /// The queries of the record that has the values of ``unique``, in the same order.
    let uniqueSelections: [String]

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
        validate = { given throws(RPCError) in try set.check(given) }
        standards = columns.map { column in
            set.fields.first { $0.name == column.member }?.defaultValue
        }
        let table = "inventory_\(noun)"
        let names = columns.map(\.name) + ["created_at", "updated_at", "generation", "id"]
        let places = names.map { _ in "?" }.joined(separator: ", ")
        insertion =
            "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))"
        let settings = columns.map { "\($0.name) = ?" }.joined(separator: ", ")
        update =
            "UPDATE \(table) SET \(settings), updated_at = ?, generation = ? WHERE id = ?"
        let selection = Self.selection(of: columns, in: table)
        self.selection = selection
        uniqueSelections = unique.map { members in
            "\(selection) WHERE " + members.map { "r.\($0) = ?" }.joined(separator: " AND ")
        }
    }

    var table: String { "inventory_\(noun)" }

    /// The query of the kind's rows, with the names of what they refer to.
    static func selection(
        of columns: [RecordColumn], in table: String, and more: String = ""
    ) -> String {
        var names = ""
        var joins = ""
        for column in columns {
            guard let noun = column.noun else { continue }
            let alias = "the_\(column.member)"
            names += ", \(alias).name AS \(column.nameMember)"
            joins += " LEFT JOIN inventory_\(noun) \(alias) ON \(alias).id = r.\(column.name)"
        }
        return "SELECT r.*\(names)\(more) FROM \(table) r\(joins)"
    }

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
        for (column, standard) in zip(columns, standards) {
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
