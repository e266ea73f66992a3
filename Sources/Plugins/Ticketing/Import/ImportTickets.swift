internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// Brings tickets in by the file: `ticket.import`.
struct ImportTickets: Method {
    static let name = "ticket.import"
    static let summary = "Brings tickets in from CSV or JSON lines, told apart by their source."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Imported

    @Param(
        "The tickets: CSV whose first line names members of ticket.create, or a JSON object a line. "
            + "Each has a source, such as desk:4711. A column fields.NAME is a field of your own, "
            + "labels are written as k=v; created_at is when it came in; an empty cell takes a "
            + "member away, a column that is not there leaves it alone.",
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
}

/// Brings tickets in by the thousand.
struct ImportDesk: Sendable {
    let store: Store
    let workers: WorkerPool
    /// The rules that are judged by at this moment.
    let policy: @Sendable () async -> TicketingPolicy

    func take(_ params: ImportTickets, for call: Call) async throws -> Imported {
        let policy = await policy()
        let reader = ImportReader(
            columns: TicketLine.columns, hasFields: true, maxRecords: policy.maxImportRecords,
            firstLine: params.firstLine)
        let (text, format, mode) = (params.text, params.format, params.mode)
        // Off the loop, as everything that takes its time by the megabyte.
        let file = try await workers.run { try reader.read(text, format, mode) }
        let limit = params.limit
        return try await call.write(to: store) { tx in
            var importer = TicketImporter(policy, mode: mode, limit: limit)
            return try importer.take(file, in: tx)
        }
    }
}
