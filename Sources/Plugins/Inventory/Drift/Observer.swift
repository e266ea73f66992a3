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
    /// Which line is of which item, for each source.
    private var claims: [String: Claim] = [:]

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
        let sighting = try reconciliation.sighting(of: record, at: tx.now, in: tx)
        let (new, thing) = (sighting.new, "\(sighting.new.source) \(sighting.new.key)")
        try tally.refuseTwice(thing)
        let loser = try loser(to: sighting)
        try write(sighting, in: tx)
        tally.note(thing, line: record.line)
        if let item = sighting.item {
            claims[Claim.key(new, item)] = Claim(
                line: record.line, linked: sighting.isLinked ? new : nil)
            if let loser { observed.lose(item, loser, limit: limit) }
        }
        observed.count(new.drift(of: sighting.item), limit: limit)
    }

    private func write(_ sighting: Sighting, in tx: WriteTransaction) throws {
        var new = sighting.new
        if sighting.known == nil { new.id = try tx.nextID("observation") }
        if let known = sighting.known, known.item != sighting.item?.id {
            try ObservationStore.announce(leaving: known, in: tx)
        }
        if let item = sighting.item, sighting.known?.item != item.id {
            // What the source called the item before is something else now, or gone.
            try ObservationStore.forget(item, observedBy: new.source, in: tx)
        }
        try ObservationStore.save(new, in: tx)
        if let item = sighting.item {
            try ObservationStore.announce(new, of: item, after: sighting.before, in: tx)
        }
    }

    // MARK: - Two lines, one item

    /// That a line is of an item.
    private struct Claim {
        let line: Int
        /// What is that item only because it was before.
        let linked: Observation?

        static func key(_ observation: Observation, _ item: Record) -> String {
            "\(observation.source) \(item.ref)"
        }
    }

    /// What loses its item to another thing: it was the item before, and the other one is by its key or
    /// its name, whichever of their lines comes first.
    ///
    /// - Throws: `invalid_params` where both are, or neither is: who tells two things apart does not
    ///   mean one.
    private func loser(to sighting: Sighting) throws(RPCError) -> Observation? {
        guard let item = sighting.item, let claim = claims[Claim.key(sighting.new, item)] else {
            return nil
        }
        if let linked = claim.linked, !sighting.isLinked { return linked }
        let reason = "is the same item as line \(claim.line), \(item.ref) \"\(item.name)\""
        throw .invalidParams(
            "This line is wrong.", fields: [RPCError.FieldError(path: "", reason: reason)])
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

    /// Counts a thing as undocumented that was counted as an item before.
    mutating func lose(_ item: Record, _ observation: Observation, limit: Int) {
        seen -= 1
        if let drift = observation.drift(of: item) { take(back: drift) } else { same -= 1 }
        var lost = observation
        (lost.item, lost.members) = (nil, [])
        count(lost.drift(of: nil), limit: limit)
    }

    private mutating func take(back drift: Drift) {
        changed -= 1
        let place = items.firstIndex {
            $0.source == drift.source && $0.externalKey == drift.externalKey
        }
        if let place { items.remove(at: place) } else { more -= 1 }
    }
}
