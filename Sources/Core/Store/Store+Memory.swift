internal import COpsSQLite

extension Store {
    /// Has SQLite keep no statistics of the memory that it takes, for which all threads would wait for one
    /// lock (docs/decisions/0038-memory-without-a-lock.md).
    ///
    /// That applies to the whole process, so it is for a program that has SQLite for itself, before its
    /// first store.
    ///
    /// - Returns: False when SQLite is in use already, and nothing has changed.
    public static func disableMemoryStatistics() -> Bool {
        opssql_disable_memory_statistics() == SQLITE_OK
    }
}
