public import OpsJSONRPC

/// One piece of work on the database: everything in it is committed, or nothing is.
///
/// It sees its own changes. Several pieces share one transaction of the engine, which is why a
/// piece must not take long: it keeps all others waiting.
public final class WriteTransaction: ReadTransaction {
    /// When this piece of work began; the same throughout.
    public let now: Instant
    /// Who does it.
    public private(set) var author: Principal
    /// Why, in the author's words.
    public let reason: String

    /// What this piece of work has announced so far.
    public private(set) var events: [Event] = []
    private(set) var sequences: Sequences
    private(set) var auditChain: AuditChain
    private(set) var isLarge = false
    private let call: CallName?
    private var hasAudited = false

    init(
        _ statements: Statements, piece: WritePiece, now: Instant, sequences: Sequences,
        auditChain: AuditChain
    ) {
        self.now = now
        self.call = piece.call
        self.auditChain = auditChain
        self.author = piece.author
        self.reason = piece.reason
        self.sequences = sequences
        super.init(statements)
    }

    /// Runs a statement and answers how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ arguments: (any SQLConvertible)?...) throws -> Int {
        try execute(sql, arguments: arguments)
    }

    /// Runs a statement whose arguments are computed and answers how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, arguments: [(any SQLConvertible)?]) throws -> Int {
        try statements.execute(sql, arguments)
    }

    /// Runs a statement whose arguments are in the form of the database already, as one of thousands.
    @discardableResult
    public func execute(_ sql: String, values: [SQLValue]) throws -> Int {
        try statements.execute(sql, values: values)
    }

    /// Runs a statement once for each row of arguments, for changes that come in thousands.
    public func execute(_ sql: String, forEach rows: some Sequence<[SQLValue]>) throws {
        try statements.execute(sql, forEach: rows)
    }

    /// Says how many records are to be written: for thousands it pays to keep more of the database's pages
    /// in memory until the work is done.
    public func expect(records count: Int) throws {
        guard count >= 1000, !isLarge else { return }
        try statements.takeLargeCache()
        isLarge = true
    }

    /// Hands out the next numbers of a noun, as many as there are new records.
    public func nextIDs(_ noun: String, count: Int) throws -> Range<Int> {
        guard count > 0 else { return 0..<0 }
        let first = Int(try nextNumber(noun))
        sequences.skip(noun, count - 1)
        return first..<first + count
    }

    /// Hands out the next number of a noun, for a new record's ref.
    ///
    /// Numbers begin with 1 and rise by one. A number that was handed out in a write that failed
    /// is handed out again.
    public func nextID(_ noun: String) throws -> Int {
        Int(try nextNumber(noun))
    }

    /// Announces a fact, delivered to listeners after the commit, in commit order.
    ///
    /// - Returns: The event's sequence number.
    @discardableResult
    public func announce(_ topic: String, _ ref: Ref?, _ data: JSON) throws -> Int64 {
        let event = Event(
            seq: try nextNumber(StoreSchema.eventNoun), at: now, topic: topic, ref: ref, data: data)
        try execute(
            "INSERT INTO event (seq, at, topic, ref, data) VALUES (?, ?, ?, ?, ?)",
            event.seq, event.at, topic, ref, data)
        events.append(event)
        return event.seq
    }

    /// Leaves an entry in the audit log, with the author and the reason of this write.
    ///
    /// - Parameters:
    ///   - action: What was done: `check.create`.
    ///   - before: The record as it was, without its secrets.
    ///   - after: The record as it is now, without its secrets.
    public func audit(_ action: String, _ ref: Ref?, before: JSON?, after: JSON?) throws {
        try audit(action, ref, before: before, after: after, outcome: AuditRow.success)
    }

    /// Leaves an entry for a record that is new, of which the text was made before the write began.
    public func audit(_ action: String, _ ref: Ref, created after: JSONText) throws {
        try audit(action, ref, before: nil, after: after, outcome: AuditRow.success)
    }

    /// Leaves an entry that says how it ended.
    func audit(
        _ action: String, _ ref: Ref?, before: (any SQLConvertible)?,
        after: (any SQLConvertible)?, outcome: String
    ) throws {
        let seq = try nextNumber(StoreSchema.auditNoun)
        let row = AuditRow(values: [
            .int(seq), now.sqlValue, .text(author.name), .text(reason), .text(action),
            ref.sqlValue, before?.sqlValue ?? .null, after?.sqlValue ?? .null,
            (call?.method).sqlValue,
            (call?.requestID).sqlValue, .text(outcome),
        ])
        auditChain = try auditChain.appending(row, self)
        hasAudited = true
    }

    /// Does a part of the work as somebody else, such as a rule that answers what the author did:
    /// what it writes is that one's, for the same reason.
    public func acting<T>(as other: Principal, _ body: () throws -> T) rethrows -> T {
        let author = author
        self.author = other
        defer { self.author = author }
        return try body()
    }

    /// Does a part of the work that may fail by itself: when `body` throws, nothing of that part
    /// stays, its events and audit entries included, and the rest of the work may go on.
    public func attempt<T>(_ body: () throws -> T) throws -> T {
        // Counted, not kept: with a second owner the next event would copy all before it.
        let eventCount = events.count
        let (sequences, chain, hadAudited) = (sequences, auditChain, hasAudited)
        try statements.control("SAVEPOINT part")
        do {
            let value = try body()
            try statements.control("RELEASE part")
            return value
        } catch {
            // The engine may have rolled everything back by itself; the writer sees to that.
            if statements.isInsideTransaction {
                try statements.control("ROLLBACK TO part")
                try statements.control("RELEASE part")
            }
            events.removeSubrange(eventCount...)
            (self.sequences, auditChain, hasAudited) = (sequences, chain, hadAudited)
            throw error
        }
    }

    // MARK: - For the writer

    /// Leaves the audit entry that every write has, when the piece left none itself.
    func auditUnlessDone() throws {
        if !hasAudited { try audit("write", nil, before: nil, after: nil) }
    }

    func nextNumber(_ noun: String) throws -> Int64 {
        try sequences.next(noun) {
            try row("SELECT value FROM sequence WHERE noun = ?", noun)?.int64("value")
        }
    }
}
