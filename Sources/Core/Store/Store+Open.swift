import GRDB
public import Logging
import OpsJSONRPC

extension Store {
    /// Opens the database file, and creates it when there is none.
    ///
    /// The calling thread is blocked meanwhile. That no second process opens the same file is up
    /// to the caller's lock on the data folder.
    ///
    /// - Throws: ``StoreError``: `missing_folder`, `permission`, `not_a_database`,
    ///   `foreign_database`, `newer_version`, `corrupt`, `locked`, `full` or `io`.
    public static func open(
        path: String, time: any TimeSource, logger: Logger
    ) throws -> Store {
        try open(path: path, time: time, logger: logger, fault: nil)
    }

    /// Opens the database with a fault that tests inject into its statements.
    static func open(
        path: String, time: any TimeSource, logger: Logger, fault: StatementFault?
    ) throws -> Store {
        try StoreFile.check(path)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { try prepareWriter($0) }
            let writer = Writer(pool, time: time, logger: logger, fault: fault)
            let store = Store(pool, writer: writer)
            try store.migrate(owner: StoreSchema.owner, StoreSchema.migrations)
            writer.resume(afterEvent: try store.onWriter(storedEventSequence))
            return store
        } catch {
            throw locate(StoreError.from(error, path: path), path)
        }
    }

    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "opsloop.store"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        // Runs on every connection before anything is changed, the journal mode included.
        configuration.prepareDatabase { database in
            try refuseForeign(database)
            try prepareNewFile(database)
            try SearchRank.register(on: database)
        }
        return configuration
    }

    /// What `PRAGMA auto_vacuum` answers when pages are given back on demand.
    static let incrementalVacuum = 2

    /// Refuses the database of some other program, before anything in it is touched.
    private static func refuseForeign(_ database: Database) throws {
        let id = try Int.fetchOne(database, sql: "PRAGMA application_id")
        if id == StoreSchema.applicationID { return }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
        guard id == 0, tables == 0 else {
            throw StoreError(
                .foreignDatabase, "the file is the database of another program",
                hint: StoreError.hintNotADatabase)
        }
    }

    /// Lets a new file give pages back on demand; that has to be said before it has any table.
    private static func prepareNewFile(_ database: Database) throws {
        guard !database.configuration.readonly,
            try Int.fetchOne(database, sql: "PRAGMA application_id") == 0
        else { return }
        try database.execute(sql: "PRAGMA auto_vacuum = \(incrementalVacuum)")
    }

    private static func prepareWriter(_ database: Database) throws {
        // The pool asks for NORMAL, which syncs at checkpoints only. A write that was answered has
        // to survive a power cut.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // A log that grew under a long read is cut back to 64 MiB once it is merged.
        try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try database.inTransaction(.immediate) {
            try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
            try database.execute(sql: StoreSchema.migrationTable)
            return .commit
        }
    }

    private static func storedEventSequence(_ database: Database) throws -> Int64 {
        // Not the newest row of the log: old events may have been taken out.
        try Int64.fetchOne(
            database, sql: "SELECT value FROM sequence WHERE noun = ?",
            arguments: [StoreSchema.eventNoun]) ?? 0
    }

    private static func locate(_ error: any Error, _ path: String) -> any Error {
        guard var error = error as? StoreError else { return error }
        error.path = path
        return error
    }
}
