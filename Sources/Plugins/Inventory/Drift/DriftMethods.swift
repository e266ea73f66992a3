internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// `ci.observe`.
struct ObserveItems: Method {
    static let name = "ci.observe"
    static let summary =
        "Notes what a feed has found, and in what it differs from the items; no item changes."
    static let effect = Effect.write
    static let isIdempotent = true
    static let columns = ["kind", "name", "class", "source", "external_key", "since"]
    typealias Result = Observed

    @Param(
        "What was found: CSV or JSON lines as ci.import takes them, a report of nmap, or Ansible's "
            + "facts.", .positional, .file("text/plain"))
    var text: String
    @Param("How the text is written.")
    var format: FeedFormat = .auto
    @Param("Whether a wrong line leaves out everything or only itself.")
    var mode: ImportMode = .all
    @Param(
        "Who observes what says nothing of it in discovered_by; nmap and ansible when left out with "
            + "these formats.", .present(.word), .example("netscan"))
    var source: String?
    @Param(
        "The class of things of which the text says none, for the match by class and name.", .word)
    var `class`: String = "server"
    @Param(
        "The number of the first record's line in the file, when the text is a piece of it.",
        .present(.range(1...1_000_000_000)))
    var firstLine: Int?
    @Param(
        "How many differences to answer at most; the counts are always complete.",
        .range(0...100_000))
    var limit: Int = 100
}

/// `ci.diff`.
struct ShowDrift: Method {
    static let name = "ci.diff"
    static let summary =
        "Shows in what the items differ from what was observed; with a text, from what that says."
    static let effect = Effect.read
    static let columns = ["kind", "name", "class", "source", "external_key", "since", "changed"]
    typealias Result = Page<Drift>

    @Param(
        "What to compare with, as ci.observe takes it; what was observed before when left out.",
        .positional, .present(.file("text/plain")))
    var text: String?
    @Param("How the text is written.")
    var format: FeedFormat = .auto
    @Param("Only what this source observes; with a text who observes it.", .present(.word))
    var source: String?
    @Param("The class of things of which the text says none.", .word)
    var `class`: String = "server"
    @Param("Only differences of this item, by ref or name.")
    var ci: String?
    @Param("Only differences of this kind.")
    var kind: Drift.Kind?
    @Param(
        "How long an item that a source knows has not been observed to be unseen.",
        .range(0...31_536_000_000_000))
    var unseenMs: Int = 2_592_000_000
    @Param("How many differences to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `ci.discover`.
struct DiscoverHost: Method {
    static let name = "ci.discover"
    static let summary =
        "Brings this host's own facts in: its system, processors, memory, addresses, disks."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Imported

    @Param("Who knows the host, besides its machine id.", .word)
    var source: String = "host"
    @Param("The host's class where it is not known yet.", .word)
    var `class`: String = "server"
}

/// What was observed is kept beside what is documented, and the difference shown.
extension InventoryService {
    func observe(_ params: ObserveItems, for call: Call) async throws -> Observed {
        let reader = FeedReader(
            format: params.format,
            lines: ImportReader(
                Item.kind, maxRecords: maxImportRecords, firstLine: params.firstLine),
            maxRecords: maxImportRecords)
        let file = try await workers.run { try reader.read(params.text, params.mode) }
        let reconciliation = Reconciliation(
            kind: Item.kind, source: params.source ?? params.format.source,
            itemClass: params.class)
        let kept = forgetUndocumented
        return try await call.write(to: store) { tx in
            var observer = Observer(reconciliation, mode: params.mode, limit: params.limit)
            let observed = try observer.take(file, in: tx)
            try ObservationStore.prune(before: tx.now - kept, in: tx)
            return observed
        }
    }

    func drift(_ params: ShowDrift) async throws -> Page<Drift> {
        let now = time.now()
        guard let text = params.text else {
            return try await store.read { tx in try DriftReader(tx: tx, now: now).list(params) }
        }
        let reader = FeedReader(
            format: params.format,
            lines: ImportReader(Item.kind, maxRecords: maxImportRecords, firstLine: nil),
            maxRecords: maxImportRecords)
        let records = try await workers.run { try reader.read(text) }.records
        return try await store.read { tx in
            try DriftReader(tx: tx, now: now).compare(records, params)
        }
    }

    func discover(_ params: DiscoverHost, for call: Call) async throws -> Imported {
        let record = try await workers.run { [host] in try host.record() }
        let reconciliation = Reconciliation(
            kind: Item.kind, source: params.source, itemClass: params.class)
        let line = MadeAhead([record], inPartsOf: 1, on: workers) {
            ImportLine($0, reconciliation)
        }
        return try await call.write(to: store) { tx in
            var importer = Importer(reconciliation, limit: 1)
            return try importer.take(line, in: tx)
        }
    }
}
