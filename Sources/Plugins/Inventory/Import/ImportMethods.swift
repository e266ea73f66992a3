internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// A method that brings records in from a text.
protocol RecordImport: Method where Result == Imported {
    var text: String { get }
    var format: ImportFormat { get }
    var mode: ImportMode { get }
    var firstLine: Int? { get }
    /// What the records are said to be discovered by that say nothing themselves.
    var sourceName: String? { get }
    var limit: Int { get }
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
    @Param("How the text is written.")
    var format: ImportFormat = .auto
    @Param("Whether a wrong line leaves out everything or only itself.")
    var mode: ImportMode = .all
    @Param(
        "The number of the first record's line in the file, when the text is a piece of it.",
        .present(.range(1...1_000_000_000)))
    var firstLine: Int?
    @Param(
        "Who knows the items that have an external_key and no discovered_by.", .present(.word),
        .example("netscan"))
    var source: String?
    @Param(
        "How many of the changes to answer at most; the counts are always complete.",
        .range(0...100_000))
    var limit: Int = 1000

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
    @Param("How the text is written.")
    var format: ImportFormat = .auto
    @Param("Whether a wrong line leaves out everything or only itself.")
    var mode: ImportMode = .all
    @Param(
        "The number of the first record's line in the file, when the text is a piece of it.",
        .present(.range(1...1_000_000_000)))
    var firstLine: Int?
    @Param(
        "How many of the changes to answer at most; the counts are always complete.",
        .range(0...100_000))
    var limit: Int = 1000

    var sourceName: String? { nil }
}

/// Records come in by the thousand.
extension InventoryService {
    func takeIn(
        _ params: some RecordImport, _ kind: RecordKind, for call: Call
    ) async throws -> Imported {
        let (text, format, mode) = (params.text, params.format, params.mode)
        let reader = ImportReader(
            kind, maxRecords: maxImportRecords, firstLine: params.firstLine)
        let file = try await workers.run { try reader.read(text, format, mode) }
        let (source, limit) = (params.sourceName, params.limit)
        return try await call.write(to: store) { tx in
            var importer = Importer(kind, source: source, mode: mode, limit: limit)
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
