internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
internal import OpsJSONRPC

/// A method that brings records in from a text.
protocol RecordImport: Method where Result == Imported {
    static var kind: RecordKind { get }
    var text: String { get }
    var feed: FeedFormat { get }
    var mode: ImportMode { get }
    var firstLine: Int? { get }
    var limit: Int { get }
    var reconciliation: Reconciliation { get }
}

/// `ci.import`.
struct ImportItems: RecordImport {
    static let name = "ci.import"
    static let summary =
        "Brings items in from CSV, JSON lines, a report of nmap or Ansible's facts; and relations."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Imported

    @Param(
        "The items: CSV whose first line names members of ci.create, or a JSON object a line. A "
            + "column fields.NAME is a field of the items' own, a column such as depends_on names all "
            + "items that it stands on, but for those in groups; an empty cell takes a member "
            + "away, a column that is not there leaves it alone. Or a report of nmap (-oX), or facts "
            + "of Ansible.",
        .positional, .file("text/csv"))
    var text: String
    @Param("How the text is written.")
    var format: FeedFormat = .auto
    @Param("Whether a wrong line leaves out everything or only itself.")
    var mode: ImportMode = .all
    @Param(
        "The number of the first record's line in the file, when the text is a piece of it.",
        .present(.range(1...1_000_000_000)))
    var firstLine: Int?
    @Param(
        "Who knows the items that have an external_key and no discovered_by; nmap and ansible when "
            + "left out with these formats.", .present(.word), .example("netscan"))
    var source: String?
    @Param(
        "The class of new items of which the text says none; server with nmap and ansible.",
        .present(.word))
    var `class`: String?
    @Param(
        "How many of the changes to answer at most; the counts are always complete.",
        .range(0...100_000))
    var limit: Int = 1000

    static var kind: RecordKind { Item.kind }
    var feed: FeedFormat { format }
    var reconciliation: Reconciliation {
        Reconciliation(
            kind: Item.kind, source: source ?? format.source,
            itemClass: `class` ?? (format.lines == nil ? "server" : nil))
    }
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

    static var kind: RecordKind { Person.kind }
    var feed: FeedFormat { FeedFormat(options.format) }
    var mode: ImportMode { options.mode }
    var firstLine: Int? { options.firstLine }
    var limit: Int { options.limit }
    var reconciliation: Reconciliation { Reconciliation(kind: Person.kind) }
}

/// Records come in by the thousand.
extension InventoryService {
    func takeIn<Import: RecordImport>(_ params: Import, for call: Call) async throws -> Imported {
        let reader = FeedReader(
            format: params.feed,
            lines: ImportReader(
                Import.kind, maxRecords: maxImportRecords, firstLine: params.firstLine),
            maxRecords: maxImportRecords)
        let (reconciliation, mode, limit) = (params.reconciliation, params.mode, params.limit)
        let file = try await workers.run { [text = params.text] in try reader.read(text, mode) }
        let lines = MadeAhead(file.records, inPartsOf: importedTogether, on: workers) {
            ImportLine($0, reconciliation)
        }
        defer { lines.stop() }
        return try await call.write(to: store) { tx in
            var importer = Importer(reconciliation, mode: mode, limit: limit)
            return try importer.take(lines, file.mistakes, in: tx)
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
