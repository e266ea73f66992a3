/// A consistent view of the database for the length of one closure.
///
/// Placeholders are question marks, filled from left to right. An instance is of no use after its
/// closure has returned.
public class ReadTransaction {
    let statements: Statements

    init(_ statements: Statements) {
        self.statements = statements
    }

    /// Answers all rows of a query.
    public func rows(_ sql: String, _ arguments: (any SQLConvertible)?...) throws -> [Row] {
        try rows(sql, arguments: arguments)
    }

    /// Answers all rows of a query whose arguments are computed.
    public func rows(_ sql: String, arguments: [(any SQLConvertible)?]) throws -> [Row] {
        var rows: [Row] = []
        try statements.forEach(sql, arguments) {
            rows.append($0)
            return true
        }
        return rows
    }

    /// Hands over all rows of a query where they stand, by the statement that the connection keeps for
    /// its text: for thousands of short queries, which take longer to prepare than to run, and for very
    /// many rows.
    ///
    /// - Parameter body: Reads one row; it must not run the same text, which would begin this statement
    ///   anew. ``forEach(_:_:body:)`` lets it.
    public func forEachInPlace(
        _ sql: String, arguments: [(any SQLConvertible)?],
        body: (borrowing RowInPlace) throws -> Void
    ) throws {
        try statements.forEachInPlace(sql, arguments, body)
    }

    /// Answers the first row of a query, or nil when there is none.
    public func row(_ sql: String, _ arguments: (any SQLConvertible)?...) throws -> Row? {
        try row(sql, arguments: arguments)
    }

    /// Answers the first row of a query whose arguments are computed, or nil when there is none.
    public func row(_ sql: String, arguments: [(any SQLConvertible)?]) throws -> Row? {
        var first: Row?
        try statements.forEach(sql, arguments) {
            first = $0
            return false
        }
        return first
    }

    /// Hands over the rows of a query one at a time, for results that should not be held at once.
    ///
    /// - Parameter body: Answers whether to go on.
    public func forEach(
        _ sql: String, _ arguments: (any SQLConvertible)?..., body: (Row) throws -> Bool
    ) throws {
        // Not from the cache: the body may run the same statement.
        try statements.forEach(sql, arguments, isCached: false, body)
    }
}
