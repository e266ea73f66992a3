internal import OpsCore
internal import OpsImport
internal import OpsImportMethods
internal import OpsJSONRPC

/// Brings tickets in: each is found by its source, and opened, changed or left alone.
///
/// Everything happens in one write, so that a dry run says exactly what an import would do. A line
/// that is wrong leaves nothing behind of the import, or of itself, as the mode says.
struct TicketImporter: Importing {
    private let desk: ImportSetting
    private let items: ItemNames
    let mode: ImportMode
    var tally: ImportTally
    private var counts = Imported.Counts()
    /// The queues that the file names, each read once.
    private var queues: [String: Queue] = [:]

    init(_ desk: ImportSetting, _ items: ItemNames, _ options: ImportOptions) {
        self.desk = desk
        self.items = items
        mode = options.mode
        tally = ImportTally(mode: mode, limit: options.limit)
    }

    /// - Throws: `invalid_params` naming the lines that are wrong, and in each what, unless the others
    ///   are to be taken.
    mutating func take(
        _ lines: MadeAhead<ImportedRecord, PreparedLine>, _ mistakes: [RPCError.FieldError],
        in tx: WriteTransaction
    ) throws -> Imported {
        try tx.expect(records: lines.count)
        tally.reject(mistakes)
        try take(lines, line: \.number, in: tx) { importer, line in
            try importer.take(line, in: tx)
        }
        let imported = try tally.report(["ticket": counts], of: "ticket")
        if counts.isChange {
            let said = try JSON(encoding: imported.counts)
            try tx.audit("ticket.imported", nil, before: nil, after: said)
            try tx.announce("ticket.imported", nil, said)
        }
        return imported
    }

    private mutating func take(_ prepared: PreparedLine, in tx: WriteTransaction) throws {
        let line = try prepared.line.get()
        guard let old = try TicketWriter.load(source: line.source, in: tx) else {
            return try open(line, prepared.number, in: tx)
        }
        try tally.refuseTwice(old.ref.description)
        // What was merged goes on as another one, and could not be taken back once it is changed.
        if old.state == .cancelled, try MoveWriter.live(old, in: tx).key != old.key {
            return counts.unchanged += 1
        }
        let wish = try placed(try line.changed(old, desk.policy), by: line, in: tx)
        let isGiven = (old.assignee, old.queue) != (wish.assignee, wish.queue)
        if isGiven { try TicketWriter.noteAssignment(of: wish, in: tx) }
        let new = try TicketWriter.update(old, to: wish, as: "ticket.updated", in: tx)
        let items: JSON = try line.past.items.isEmpty ? .null : affected(old, in: tx)
        let isLinked = try link(new, to: line.past.items, in: tx)
        tally.note(old.ref.description, line: prepared.number)
        guard new != old || isLinked else { return counts.unchanged += 1 }
        counts.updated += 1
        guard isLinked else { return show(new, before: old) }
        show(new, ["items": try affected(new, in: tx)], before: old, ["items": items])
    }

    private mutating func open(
        _ line: TicketLine, _ number: Int, in tx: WriteTransaction
    ) throws {
        var place: Queue?
        if let key = line.queue { place = try queue(key, in: tx) }
        let new = try TicketWriter.insert(try line.draft(in: place, desk), in: tx)
        let isLinked = try link(new, to: line.past.items, in: tx)
        if let workMs = line.past.workMs, workMs > 0 {
            // The file does not say who worked; most likely whoever had it.
            let entry = try TicketWriter.append(
                .system, "time worked before the import", workMs: workMs, by: new.assignee,
                at: new.resolvedAt ?? new.closedAt, to: new, in: tx)
            try tx.audit(
                "ticket.work_imported", new.ref, before: nil, after: .object(entry.json))
        }
        tally.note(new.ref.description, line: number)
        counts.created += 1
        var more: JSON.Object = [:]
        more["work_ms"] = line.past.workMs.map { .number(JSON.Number($0)) }
        if isLinked { more["items"] = try affected(new, in: tx) }
        show(new, more, before: nil)
    }

    /// Links a ticket to what the line says that it is about, beside what it was about before.
    ///
    /// - Returns: Whether there was anything to link.
    private func link(
        _ ticket: Ticket, to said: [String], in tx: WriteTransaction
    ) throws -> Bool {
        var isOther = false
        for item in try items.items(said) {
            isOther = try TicketWriter.link(ticket, .affects, item, in: tx) || isOther
        }
        return isOther
    }

    /// The ticket in the queue that the line says.
    private mutating func placed(
        _ ticket: Ticket, by line: TicketLine, in tx: ReadTransaction
    ) throws -> Ticket {
        guard line.says("queue") else { return ticket }
        var ticket = ticket
        if let key = line.queue {
            // Who is in the queue already has who was given it, or nobody on purpose.
            let queue = try queue(key, in: tx)
            if ticket.queue != queue.name { ticket.enter(queue) }
        } else {
            ticket.queue = nil
        }
        return ticket
    }

    private mutating func queue(_ key: String, in tx: ReadTransaction) throws -> Queue {
        if let queue = queues[key] { return queue }
        let queue = try Queue.named(key, in: tx)
        queues[key] = queue
        return queue
    }

    // MARK: - What is said

    /// Shows what became of a ticket, and what is no member of it: its items, the time worked on it.
    private mutating func show(
        _ new: Ticket, _ more: JSON.Object = [:], before old: Ticket?, _ less: JSON.Object = [:]
    ) {
        tally.show(
            Imported.Change(
                kind: new.kind.rawValue, name: new.title, ref: new.ref.description,
                from: old.map { Self.members($0, less) }, to: Self.members(new, more)))
    }

    private func affected(_ ticket: Ticket, in tx: ReadTransaction) throws -> JSON {
        .array(try ChangeWriter.items(of: ticket, in: tx).map { .string($0.description) })
    }

    /// What a file may say of a ticket; the rest changes with every change.
    private static func members(_ ticket: Ticket, _ more: JSON.Object) -> JSON.Object {
        let said = ticket.json.filter { TicketLine.names.contains($0.key) }
        return JSON.Object(said.map { ($0.key, $0.value) } + more.map { ($0.key, $0.value) })
    }
}
