internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
internal import OpsJSONRPC

/// What observing did, or on a dry run would do.
struct Observed: Codable, Sendable {
    /// How many things were observed.
    var seen = 0
    /// How many are as they are documented.
    var same = 0
    /// How many are documented otherwise.
    var changed = 0
    /// How many are not documented.
    var undocumented = 0
    /// The first differences, as many as were asked for.
    var items: [Drift] = []
    /// How many differences more there are than `items` shows.
    var more = 0
    /// How many records were left out because they are wrong; none unless the mode is rows.
    var rejected = 0
    /// What is wrong with them, up to a hundred mistakes.
    var mistakes: [RPCError.FieldError] = []
}

/// Notes what a source observes, and changes no item.
struct Observer: Importing {
    let reconciliation: Reconciliation
    let mode: ImportMode
    let limit: Int

    var tally: ImportTally
    private var observed = Observed()

    init(_ reconciliation: Reconciliation, mode: ImportMode, limit: Int) {
        self.reconciliation = reconciliation
        self.mode = mode
        self.limit = limit
        tally = ImportTally(mode: mode, limit: 0)
    }

    /// - Throws: `invalid_params` naming the lines that are wrong, unless the others are to be taken.
    mutating func take(
        _ file: ImportedFile, in tx: WriteTransaction
    ) throws -> Observed {
        try tx.expect(records: file.records.count)
        tally.reject(file.mistakes)
        try take(file.records, line: \.line, in: tx) { observer, record in
            try observer.take(record, in: tx)
        }
        let report = try tally.report([:], of: Item.kind.noun)
        (observed.rejected, observed.mistakes) = (report.rejected, report.mistakes)
        var said: JSON.Object = [:]
        for (name, count) in [
            ("seen", observed.seen), ("same", observed.same), ("changed", observed.changed),
            ("undocumented", observed.undocumented),
        ] {
            said[name] = .number(JSON.Number(count))
        }
        said["source"] = reconciliation.source.map(JSON.string)
        try tx.audit("ci.observed", nil, before: nil, after: .object(said))
        try tx.announce("ci.observed", nil, .object(said))
        return observed
    }

    /// What is wrong is found out before anything is written, so a wrong line leaves nothing behind.
    private mutating func take(_ record: ImportedRecord, in tx: WriteTransaction) throws {
        let (new, item, known) = try reconciliation.observation(of: record, at: tx.now, in: tx)
        try refuseTwice(new, item, line: record.line)
        var kept = new
        if known == nil { kept.id = try tx.nextID("observation") }
        var before = known
        if let item, known?.item != item.id {
            // What the source called the item before is something else now, or gone.
            before = try ObservationStore.last(of: item, by: new.source, in: tx) ?? known
            try ObservationStore.forget(item, observedBy: new.source, in: tx)
        }
        try ObservationStore.save(kept, in: tx)
        if let item { try ObservationStore.announce(kept, of: item, after: before, in: tx) }
        observed.count(kept.drift(of: item), limit: limit)
    }

    /// Refuses a thing that another line has said already, and a second one that would be the same item:
    /// who tells two things apart does not mean one.
    private mutating func refuseTwice(_ new: Observation, _ item: Record?, line: Int) throws {
        let things = ["key \(new.source) \(new.key)"]
        let items = item.map { ["item \(new.source) \($0.ref)"] } ?? []
        for said in things + items { try tally.refuseTwice(said) }
        for said in things + items { tally.note(said, line: line) }
    }
}

extension Observed {
    /// Counts one thing that was observed.
    mutating func count(_ drift: Drift?, limit: Int) {
        seen += 1
        guard let drift else {
            same += 1
            return
        }
        if drift.kind == .undocumented { undocumented += 1 } else { changed += 1 }
        if items.count < limit { items.append(drift) } else { more += 1 }
    }
}
