import GRDB
import GRDBSQLite

/// Runs statements on a connection, inside the transaction that is open there.
struct Statements {
    let database: Database
    let path: String
    let fault: StatementFault?
    let canChange: Bool
    /// Whether nobody waits for the work any more; nil where it is done all the same.
    private let isCancelled: (@Sendable () -> Bool)?
    private let prepared: StatementCache
    private let breakage = Breakage()

    init(
        database: Database, path: String, fault: StatementFault?, canChange: Bool,
        prepared: StatementCache = StatementCache(), isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.database = database
        self.path = path
        self.fault = fault
        self.canChange = canChange
        self.prepared = prepared
        self.isCancelled = isCancelled
    }

    /// Why the engine rolled the transaction back by itself; nil while it stands.
    ///
    /// It does so on a full disk, for example. A piece of work may have gone on after the error.
    var breakageError: StoreError? {
        if isInsideTransaction { return nil }
        return breakage.cause
            ?? StoreError(.aborted, "the transaction was rolled back by an error", path: path)
    }

    /// Asked of the engine itself, because it is asked before every statement.
    var isInsideTransaction: Bool {
        database.sqliteConnection.map { sqlite3_get_autocommit($0) == 0 } ?? false
    }

    /// Runs a statement and answers how many rows it changed.
    func execute(_ sql: String, _ arguments: [(any SQLConvertible)?] = []) throws -> Int {
        try execute(sql, values: arguments.map { $0?.sqlValue ?? .null })
    }

    /// Runs a statement and answers how many rows it changed.
    func execute(_ sql: String, values: [SQLValue]) throws -> Int {
        do {
            let before = sqlite3_total_changes64(database.sqliteConnection)
            try begin(sql)
            try prepared.statement(sql, check: checked).execute(values)
            return Int(sqlite3_total_changes64(database.sqliteConnection) - before)
        } catch {
            throw translate(error)
        }
    }

    /// Runs a statement once for each row of arguments.
    ///
    /// To find the statement by its text takes as long as to run a short one.
    func execute(_ sql: String, forEach rows: some Sequence<[SQLValue]>) throws {
        let isLarge = rows.underestimatedCount >= 10_000
        do {
            if isLarge { try takeLargeCache() }
            defer { if isLarge { releaseLargeCache() } }
            var known: PreparedStatement?
            for row in rows {
                try begin(sql)
                let statement = try known ?? prepared.statement(sql, check: checked)
                known = statement
                try statement.execute(row)
            }
        } catch {
            throw translate(error)
        }
    }

    /// The page cache of a large write, in KiB.
    ///
    /// Pages that do not fit into it are written and read again and again while the transaction is
    /// open.
    private static let largeCache = 32_768
    /// What SQLite takes by itself.
    private static let usualCache = 2000

    /// Takes memory for the pages of a large write.
    func takeLargeCache() throws { try setCache(Self.largeCache) }

    /// Gives it back; a cache that stays large takes memory and harms nobody.
    func releaseLargeCache() { try? setCache(Self.usualCache) }

    private func setCache(_ size: Int) throws {
        try database.execute(sql: "PRAGMA cache_size = -\(size)")
    }

    /// Hands over the rows of a query one at a time, until the body answers false.
    ///
    /// - Parameter isCached: Whether to use the connection's statement for this text; false when
    ///   the body may run the same text itself.
    func forEach(
        _ sql: String, _ arguments: [(any SQLConvertible)?], isCached: Bool = true,
        _ body: (Row) throws -> Bool
    ) throws {
        do {
            try begin(sql)
            let statement =
                isCached
                ? try prepared.statement(sql, check: checked)
                : PreparedStatement(try checked(sql, isCached: false))
            try statement.forEach(arguments, body)
        } catch {
            throw translate(error)
        }
    }

    /// Hands over all rows of a query where they stand, by the connection's statement for this text.
    func forEachInPlace(
        _ sql: String, _ arguments: [(any SQLConvertible)?],
        _ body: (borrowing RowInPlace) throws -> Void
    ) throws {
        do {
            try begin(sql)
            try prepared.statement(sql, check: checked).forEachInPlace(arguments, body)
        } catch {
            throw translate(error)
        }
    }

    /// Runs several statements, separated by semicolons.
    func executeScript(_ sql: String) throws {
        do {
            let statements = try database.allStatements(sql: sql)
            while let statement = try statements.next() {
                try begin(statement.sql)
                try PreparedStatement(checked(statement.sql, isCached: false)).execute([])
            }
        } catch {
            throw translate(error)
        }
    }

    /// Begins or ends a transaction or a savepoint.
    func control(_ sql: String) throws {
        do {
            try fault?(sql)
            try prepared.control(sql, on: database).execute([])
        } catch {
            throw translate(error)
        }
    }

    private func translate(_ error: any Error) -> any Error {
        let error = StoreError.from(error, path: path)
        if !isInsideTransaction, breakage.cause == nil {
            breakage.cause = error as? StoreError
        }
        return error
    }

    /// Before each statement: what runs after the transaction is gone would be committed on its own.
    private func begin(_ sql: String) throws {
        if let isCancelled, isCancelled() { throw CancellationError() }
        if let breakageError { throw breakageError }
        try fault?(sql)
    }

    private func checked(_ sql: String) throws -> Statement { try checked(sql, isCached: true) }

    private func checked(_ sql: String, isCached: Bool) throws -> Statement {
        try StatementRule.check(sql)
        let statement =
            isCached ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql)
        guard canChange || statement.isReadonly else {
            throw StoreError(.invalidStatement, "a read cannot change the database")
        }
        return statement
    }
}

/// Remembers the first error after which the transaction was gone.
private final class Breakage {
    var cause: StoreError?
}
