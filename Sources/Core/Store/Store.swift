import Dispatch
import GRDB

/// The database: one writer that commits in groups, concurrent readers, and a log of events.
///
/// ```swift
/// let ticket = try await store.write(as: call.principal, reason: call.reason) { tx in
///     let ref = Ref("ticket", try tx.nextID("ticket"))
///     try tx.execute("INSERT INTO ticket (ref, title) VALUES (?, ?)", ref, title)
///     try tx.announce("ticket.created", ref, ["title": .string(title)])
///     return ref
/// }
/// ```
///
/// A write that was answered is on the disk. Waiting callers do not hold a thread.
public final class Store: Sendable {
    /// The database file.
    public let path: String
    private let pool: DatabasePool
    private let isFileOpen = Guarded(true)
    let writer: Writer

    init(_ pool: DatabasePool, writer: Writer) {
        self.path = pool.path
        self.pool = pool
        self.writer = writer
    }

    // MARK: - Reading and writing

    /// Reads a consistent view of the database, beside the writer and other readers.
    ///
    /// The view holds every write that was answered before the call. A cancelled task's read is
    /// interrupted and throws `CancellationError`.
    public nonisolated(nonsending) func read<T: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        let isCancelled = Guarded(false)
        return try await withTaskCancellationHandler {
            do {
                return try await view { [path] database in
                    let statements = Statements(
                        database: database, path: path, fault: nil, canChange: false,
                        isCancelled: { isCancelled.withLock(\.self) })
                    return try body(ReadTransaction(statements))
                }
            } catch {
                if isCancelled.withLock(\.self) { throw CancellationError() }
                throw error
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    /// Writes: everything in the body is committed and synced when the call returns.
    ///
    /// Bodies run one after the other, in the order of the calls. When a body throws, nothing of
    /// it stays and the caller gets that error; others are not concerned. A write that has been
    /// asked for is carried out even if the task is cancelled meanwhile.
    ///
    /// - Parameters:
    ///   - author: Who writes, for the audit log.
    ///   - reason: Why, in the author's words, for the audit log.
    ///   - body: The work. It must be quick, since it keeps other writers waiting.
    @discardableResult
    public nonisolated(nonsending) func write<T: Sendable>(
        as author: Principal, reason: String,
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try Rehearsal.refuseWrites()
        return try await submit(author, reason, nil, .audited, body)
    }

    /// Writes for good, or only to see what would come of it.
    nonisolated(nonsending) func write<T: Sendable>(
        as author: Principal, reason: String, call: CallName? = nil, isRehearsal: Bool = false,
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await submit(author, reason, call, isRehearsal ? .rehearsal : .audited, body)
    }

    /// Writes what is no decision of anybody's, such as samples: no audit entry is left unless the
    /// body leaves one.
    @discardableResult
    package nonisolated(nonsending) func writeUnaudited<T: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try Rehearsal.refuseWrites()
        return try await submit(.system, "", nil, .unaudited, body)
    }

    private nonisolated(nonsending) func submit<T: Sendable>(
        _ author: Principal, _ reason: String, _ call: CallName?, _ kind: WritePiece.Kind,
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            writer.submit(
                WritePiece(
                    author: author, reason: reason, call: call, kind: kind,
                    work: { transaction in
                        let result = try body(transaction)
                        return { continuation.resume(returning: result) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Hands in a write that nobody waits for; no audit entry is left unless the body leaves one.
    func post(
        as author: Principal, reason: String, call: CallName?,
        _ body: @escaping @Sendable (WriteTransaction) throws -> Void,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        writer.submit(
            WritePiece(
                author: author, reason: reason, call: call, kind: .unaudited,
                work: { transaction in
                    try body(transaction)
                    return {}
                },
                fail: onFailure))
    }

    /// Writes and blocks the calling thread until it is committed; for the time before the loop.
    func writeAndWait(
        as author: Principal, reason: String,
        _ body: @escaping @Sendable (WriteTransaction) throws -> Void
    ) throws {
        let outcome = Outcome()
        writer.submit(
            WritePiece(
                author: author, reason: reason, kind: .audited,
                work: { transaction in
                    try body(transaction)
                    return { outcome.set(nil) }
                },
                fail: { outcome.set($0) }))
        if let error = outcome.wait() { throw error }
    }

    // MARK: - Connections

    /// Opens a view of the database on one of the readers' connections.
    private nonisolated(nonsending) func view<T: Sendable>(
        _ body: @Sendable (Database) throws -> T
    ) async throws -> T {
        guard !writer.isClosed else { throw StoreError.closed(path: path) }
        do {
            return try await pool.read(body)
        } catch {
            throw writer.isClosed
                ? StoreError.closed(path: path) : StoreError.from(error, path: path)
        }
    }

    /// Runs statements on the writer's connection, outside of any transaction; blocks the thread.
    func onWriter<T>(_ body: (Database) throws -> T) throws -> T {
        guard !writer.isClosed else { throw StoreError.closed(path: path) }
        do {
            return try pool.writeWithoutTransaction(body)
        } catch {
            throw StoreError.from(error, path: path)
        }
    }

    /// Gives the pages that deleted rows have left back to the file system, some at a time.
    ///
    /// A database from before pages could be given back keeps them for rows to come.
    nonisolated(nonsending) func releaseFreePages() async throws {
        while try await releaseSomePages() {}
    }

    /// Answers whether there are more; others write in between.
    private nonisolated(nonsending) func releaseSomePages() async throws -> Bool {
        guard !writer.isClosed else { throw StoreError.closed(path: path) }
        do {
            return try await pool.writeWithoutTransaction { database in
                let mode = try Int.fetchOne(database, sql: "PRAGMA auto_vacuum")
                let count = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                guard mode == Self.incrementalVacuum, count > 0 else { return false }
                // One step of the statement frees one page, so all of its rows are fetched.
                _ = try GRDB.Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(1000)")
                return count > 1000
            }
        } catch {
            throw StoreError.from(error, path: path)
        }
    }

    // MARK: - Watching

    /// Hands the events of each commit to a listener, in commit order, before the writers are
    /// answered; a second listener takes the first one's place.
    ///
    /// The listener is called on the writer's thread: it must hand over and return. Events that
    /// were committed before are in the table `event`.
    public func setCommitListener(_ listener: @escaping @Sendable ([Event]) -> Void) {
        writer.setCommitListener(listener)
    }

    /// The sequence number of the last event that was committed; 0 when there has been none.
    public var lastEventSequence: Int64 { writer.lastEventSequence }

    /// The version of the database engine, for people.
    public static var engineVersion: String {
        (try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") })
            .flatMap { $0 } ?? "unknown"
    }

    /// What the store has done since it was opened.
    public var statistics: StoreStatistics { writer.statistics }

    /// Looks through the whole file for damage; takes a while on a large one.
    ///
    /// - Throws: ``StoreError`` with the code `corrupt` and the first findings.
    public nonisolated(nonsending) func checkIntegrity() async throws {
        let findings = try await view { database in
            try String.fetchAll(database, sql: "PRAGMA quick_check(10)").filter { $0 != "ok" }
        }
        guard findings.isEmpty else {
            throw StoreError(
                .corrupt, "the database is damaged: \(findings.joined(separator: "; "))",
                path: path, hint: StoreError.hintCorrupt)
        }
    }

    // MARK: - Closing

    /// Finishes the work that is waiting, refuses any more and closes the file.
    ///
    /// The log is merged into the file, so that the file alone is the whole database. Closing
    /// twice is harmless.
    public func close() async {
        await withCheckedContinuation { continuation in
            writer.close { continuation.resume() }
        }
        // On a thread of its own: closing waits for readers, and the caller may be on the loop.
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "opsloop.store.close").async {
                self.closeFile()
                continuation.resume()
            }
        }
    }

    private func closeFile() {
        // Held while closing, so that a second call returns when the file is closed.
        isFileOpen.withLock { isFileOpen in
            guard isFileOpen else { return }
            isFileOpen = false
            // A failure loses nothing: what is in the log stays there for the next open.
            _ = try? pool.writeWithoutTransaction { database in
                writer.releaseConnection()
                try database.checkpoint(.truncate)
            }
            try? pool.close()
        }
    }
}
