import GRDB

/// Runs statements on a connection, inside the transaction that is open there.
struct Statements {
    let database: Database
    let path: String
    let fault: StatementFault?
    let canChange: Bool
    private let breakage = Breakage()

    init(database: Database, path: String, fault: StatementFault?, canChange: Bool) {
        self.database = database
        self.path = path
        self.fault = fault
        self.canChange = canChange
    }

    /// Why the engine rolled the transaction back by itself; nil while it stands.
    ///
    /// It does so on a full disk, for example. A piece of work may have gone on after the error.
    var breakageError: StoreError? {
        if database.isInsideTransaction { return nil }
        return breakage.cause
            ?? StoreError(.aborted, "the transaction was rolled back by an error", path: path)
    }

    /// Runs a statement and answers how many rows it changed.
    func execute(_ sql: String, _ arguments: [(any SQLConvertible)?] = []) throws -> Int {
        do {
            let before = database.totalChangesCount
            try prepare(sql, arguments).execute()
            return database.totalChangesCount - before
        } catch {
            throw translate(error)
        }
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
            let statement = try prepare(sql, arguments, isCached: isCached)
            let columns = statement.columnNames
            let cursor = try GRDB.Row.fetchCursor(statement)
            while let row = try cursor.next() {
                let values = columns.indices.map { SQLValue(row[$0] as DatabaseValue) }
                guard try body(Row(columns: columns, values: values)) else { return }
            }
        } catch {
            throw translate(error)
        }
    }

    /// Runs several statements, separated by semicolons.
    func executeScript(_ sql: String) throws {
        do {
            let statements = try database.allStatements(sql: sql)
            while let statement = try statements.next() {
                try prepare(statement.sql, [], isCached: false).execute()
            }
        } catch {
            throw translate(error)
        }
    }

    /// Begins or ends a transaction or a savepoint.
    func control(_ sql: String) throws {
        do {
            try fault?(sql)
            try database.cachedStatement(sql: sql).execute()
        } catch {
            throw translate(error)
        }
    }

    private func translate(_ error: any Error) -> any Error {
        let error = StoreError.from(error, path: path)
        if !database.isInsideTransaction, breakage.cause == nil {
            breakage.cause = error as? StoreError
        }
        return error
    }

    private func prepare(
        _ sql: String, _ arguments: [(any SQLConvertible)?], isCached: Bool = true
    ) throws -> Statement {
        // What runs after the transaction is gone would be committed on its own.
        if let breakageError { throw breakageError }
        try fault?(sql)
        try StatementRule.check(sql)
        let statement =
            isCached ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql)
        guard canChange || statement.isReadonly else {
            throw StoreError(.invalidStatement, "a read cannot change the database")
        }
        try statement.setArguments(StatementArguments(arguments.map(databaseValue)))
        return statement
    }

    private func databaseValue(_ argument: (any SQLConvertible)?) throws -> DatabaseValue {
        let value = argument?.sqlValue ?? .null
        // SQLite would store it and give back what stands before the NUL; others refuse it.
        if case .text(let text) = value, text.utf8.contains(0) {
            throw StoreError(
                .invalidArgument, "text with a NUL character cannot be stored",
                hint: "Store it as bytes, or take the character out.")
        }
        return value.databaseValue
    }
}

/// Remembers the first error after which the transaction was gone.
private final class Breakage {
    var cause: StoreError?
}
