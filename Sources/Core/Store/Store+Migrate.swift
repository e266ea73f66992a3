import GRDB

extension Store {
    /// Brings an owner's tables up to date; each migration that is still to be run is atomic.
    ///
    /// The calling thread is blocked meanwhile. A migration that fails leaves nothing behind, and
    /// those before it stay.
    ///
    /// - Parameters:
    ///   - owner: The plugin's name.
    ///   - migrations: All of the owner's migrations since its first release, in order.
    /// - Throws: ``StoreError`` with the code `newer_version`, `migrations_changed` or
    ///   `migration_failed`.
    public func migrate(owner: String, _ migrations: [Migration]) throws {
        let plan = try MigrationPlan(
            owner: owner, applied: try appliedMigrations(of: owner), declared: migrations)
        let first = plan.pending.startIndex
        for (offset, migration) in plan.pending.enumerated() {
            try apply(migration, of: owner, at: first + offset)
        }
    }

    private func appliedMigrations(of owner: String) throws -> [String] {
        try onWriter { database in
            try String.fetchAll(
                database, sql: "SELECT name FROM migration WHERE owner = ? ORDER BY position",
                arguments: [owner])
        }
    }

    private func apply(_ migration: Migration, of owner: String, at position: Int) throws {
        do {
            try writeAndWait(as: .system, reason: "migrate \(owner) \(migration.name)") { tx in
                try StatementRule.checkMigration(migration.sql)
                try tx.statements.executeScript(Self.ownWords(migration.sql))
                if owner == StoreSchema.owner, migration.name == StoreSchema.chainMigration {
                    try AuditChain.seal(tx)
                }
                try tx.execute(
                    "INSERT INTO migration (owner, name, position, applied_at) VALUES (?, ?, ?, ?)",
                    owner, migration.name, position, tx.now)
            }
        } catch {
            throw failure(error, of: migration, owner)
        }
    }

    /// Says in SQLite's words what the shared SQL means.
    ///
    /// `INTEGER PRIMARY KEY` is the place of the row itself; `BIGINT`, the word for 64 bits elsewhere,
    /// would cost a second tree for each table. <https://sqlite.org/lang_createtable.html#rowid>
    private static func ownWords(_ sql: String) -> String {
        sql.replacing("BIGINT NOT NULL PRIMARY KEY", with: "INTEGER NOT NULL PRIMARY KEY")
            .replacing("BIGINT PRIMARY KEY", with: "INTEGER PRIMARY KEY")
    }

    /// A full disk stays a full disk; what the statements did wrong is the migration's failure.
    private func failure(_ error: any Error, of migration: Migration, _ owner: String) -> any Error
    {
        let place = "the migration '\(migration.name)' of \(owner) failed"
        guard var known = error as? StoreError else {
            return StoreError(.migrationFailed, "\(place): \(error)", path: path, underlying: error)
        }
        known.message = "\(place): \(known.message)"
        if [.invalidStatement, .constraint, .invalidArgument].contains(known.code) {
            known.code = .migrationFailed
        }
        known.path = path
        return known
    }
}
