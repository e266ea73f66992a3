internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
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
            + "labels are written as k=v, items are names or refs; an empty cell takes a member "
            + "away, a column that is not there leaves it alone. Of a ticket that comes there are "
            + "also state, hold_reason, resolution, resolution_code, created_at, resolved_at, "
            + "closed_at and work_ms, as they were; a ticket that is there stays where it stands.",
        .positional, .file("text/csv"))
    var text: String
    @Group var options: ImportOptions
}

/// Brings tickets in by the thousand.
struct ImportDesk: Sendable {
    let context: PluginContext
    /// The rules that are judged by at this moment.
    let policy: @Sendable () async -> TicketingPolicy

    func take(_ params: ImportTickets, for call: Call) async throws -> Imported {
        let policy = await policy()
        let reader = ImportReader(
            columns: TicketLine.columns, hasFields: true, maxRecords: policy.maxImportRecords,
            firstLine: params.options.firstLine)
        let (text, options) = (params.text, params.options)
        // Off the loop, as everything that takes its time by the megabyte.
        let file = try await context.loop.workers.run {
            try reader.read(text, options.format, options.mode)
        }
        let (author, now) = (call.principal.name, context.time.now())
        let setting = try await context.store.read { tx in
            try ImportSetting(policy, by: author, at: now, file.records, in: tx)
        }
        let lines = MadeAhead(
            file.records, inPartsOf: importedTogether, on: context.loop.workers
        ) { PreparedLine($0, setting) }
        defer { lines.stop() }
        let items = await ItemNames.ask(about: file.records, context)
        return try await call.write(to: context.store) { tx in
            var importer = TicketImporter(setting, items, options)
            let imported = try importer.take(lines, file.mistakes, in: tx)
            // Triggers do not answer to tickets of another desk; they wait like all others.
            try TriggerWaits.follow(policy, in: tx)
            return imported
        }
    }
}
