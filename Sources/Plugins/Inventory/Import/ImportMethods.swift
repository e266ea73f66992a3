internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
internal import OpsJSONRPC

/// A method that brings records in from a text.
protocol RecordImport: Method where Result == Imported {
    var text: String { get }
    var options: ImportOptions { get }
    /// What the records are said to be discovered by that say nothing themselves.
    var sourceName: String? { get }
}

/// `ci.import`.
struct ImportItems: RecordImport {
    static let name = "ci.import"
    static let summary = "Brings items and relations in from CSV or JSON lines."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Imported

    @Param(
        "The items: CSV whose first line names members of ci.create, or a JSON object a line. A "
            + "column fields.NAME is a field of the items' own, a column such as depends_on names all "
            + "items that it stands on, but for those in groups; an empty cell takes a member "
            + "away, a column that is not there leaves it alone.",
        .positional, .file("text/csv"))
    var text: String
    @Group var options: ImportOptions
    @Param(
        "Who knows the items that have an external_key and no discovered_by.", .present(.word),
        .example("netscan"))
    var source: String?

    var sourceName: String? { source }
}

/// `person.import`.
struct ImportPeople: RecordImport {
    static let name = "person.import"
    static let summary =
        "Brings people in from CSV or JSON lines, told apart by their addresses."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Imported

    @Param(
        "The people: CSV whose first line names members of person.create, or a JSON object a line.",
        .positional, .file("text/csv"))
    var text: String
    @Group var options: ImportOptions

    var sourceName: String? { nil }
}

/// Records come in by the thousand.
extension InventoryService {
    func takeIn(
        _ params: some RecordImport, _ kind: RecordKind, for call: Call
    ) async throws -> Imported {
        let (text, options, source) = (params.text, params.options, params.sourceName)
        let reader = ImportReader(
            kind, maxRecords: maxImportRecords, firstLine: options.firstLine)
        let file = try await workers.run {
            try reader.read(text, options.format, options.mode)
        }
        return try await call.write(to: store) { tx in
            var importer = Importer(
                kind, source: source, mode: options.mode, limit: options.limit)
            return try importer.take(file, in: tx)
        }
    }
}

extension ImportReader {
    /// Reads records of a kind of the inventory.
    init(_ kind: RecordKind, maxRecords: Int, firstLine: Int?) {
        let members = kind.columns.filter { $0.content != .object }
        let relations = kind.noun == Item.kind.noun ? RelationType.allCases : []
        self.init(
            columns: members.map { ImportColumn($0.member, $0.content == .int ? .number : .text) }
                + relations.map { ImportColumn($0.rawValue, .list) },
            hasFields: members.count < kind.columns.count, maxRecords: maxRecords,
            firstLine: firstLine)
    }
}
