import GRDB

/// The statements that a connection has run, checked once and by their text.
///
/// `@unchecked Sendable`: used only where the connection is, on its own queue.
final class StatementCache: @unchecked Sendable {
    /// Those that a piece of work runs; each was checked.
    private var pieces: [String: PreparedStatement] = [:]
    /// Those that begin and end transactions, which a piece of work must not find here.
    private var controls: [String: PreparedStatement] = [:]

    /// Answers the statement for a text of a piece of work; its first use checks it.
    func statement(
        _ sql: String, check: (String) throws -> Statement
    ) rethrows -> PreparedStatement {
        if let known = pieces[sql] { return known }
        let statement = PreparedStatement(try check(sql))
        pieces[sql] = statement
        return statement
    }

    /// Answers a statement of the store's own that begins or ends something.
    func control(_ sql: String, on database: Database) throws -> PreparedStatement {
        if let known = controls[sql] { return known }
        let statement = PreparedStatement(try database.cachedStatement(sql: sql))
        controls[sql] = statement
        return statement
    }

    /// Lets all go; a connection can't be closed before.
    func removeAll() {
        pieces = [:]
        controls = [:]
    }
}
