internal import CSQLite
internal import GRDBSQLite

extension Store {
    /// Lets the engine take memory without a lock that all readers share, by not counting it.
    ///
    /// For a program that has the engine for itself, before its first store: it counts for the whole
    /// process (<https://www.sqlite.org/c3ref/c_config_covering_index_scan.html>).
    ///
    /// - Returns: False when the engine is in use already, and nothing has changed.
    @discardableResult
    public static func countNoMemory() -> Bool { opssql_count_no_memory() == SQLITE_OK }
}
