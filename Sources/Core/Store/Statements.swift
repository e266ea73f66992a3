import GRDB

/// Runs statements on a connection, inside the transaction that is open there.
struct Statements {
    let database: Database
    let path: String
    let fault: StatementFault?
    let canChange: Bool

    /// Runs a statement and answers how many rows it changed.
    func execute(_ sql: String, _ arguments: [(any SQLConvertible)?] = []) throws -> Int {
        do {
            let before = database.totalChangesCount
            try prepare(sql, arguments).execute()
            return database.totalChangesCount - before
        } catch {
            throw StoreError.from(error, path: path)
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
            throw StoreError.from(error, path: path)
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
            throw StoreError.from(error, path: path)
        }
    }

    /// Begins or ends a transaction or a savepoint.
    func control(_ sql: String) throws {
        do {
            try fault?(sql)
            try database.cachedStatement(sql: sql).execute()
        } catch {
            throw StoreError.from(error, path: path)
        }
    }

    private func prepare(
        _ sql: String, _ arguments: [(any SQLConvertible)?], isCached: Bool = true
    ) throws -> Statement {
        // After a full disk the engine may have rolled the whole transaction back. What runs then
        // would be committed on its own.
        guard database.isInsideTransaction else {
            throw StoreError(.aborted, "the transaction was rolled back by an earlier error")
        }
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
