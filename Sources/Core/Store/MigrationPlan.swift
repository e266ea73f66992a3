/// Decides which migrations of an owner are still to be run, or why the database is refused.
struct MigrationPlan {
    /// The migrations to run, in order.
    let pending: ArraySlice<Migration>

    /// Compares what the database has seen with what this program declares.
    ///
    /// - Throws: ``StoreError`` with the code `newer_version` when the database has seen more than
    ///   is declared, and `migrations_changed` when the declared list is not an extension of what
    ///   the database has seen.
    init(owner: String, applied: [String], declared: [Migration]) throws {
        try Self.refuseDuplicates(owner, declared)
        for (position, name) in applied.enumerated() {
            guard position < declared.count else { throw Self.newer(owner, name) }
            guard declared[position].name == name else {
                throw Self.changed(owner, position, name, applied, declared)
            }
        }
        self.pending = declared[applied.count...]
    }

    private static func refuseDuplicates(_ owner: String, _ declared: [Migration]) throws {
        var seen: Set<String> = []
        for migration in declared where !seen.insert(migration.name).inserted {
            throw StoreError(
                .migrationsChanged,
                "\(owner) declares the migration '\(migration.name)' twice",
                hint: "Give every migration of an owner its own name.")
        }
    }

    private static func newer(_ owner: String, _ name: String) -> StoreError {
        StoreError(
            .newerVersion,
            "the database was written by a newer version: it has the migration '\(name)' of "
                + "\(owner), which this program does not know",
            hint: "Install the version that wrote the database, or a newer one, "
                + "or restore a backup that was made before the upgrade.")
    }

    private static func changed(
        _ owner: String, _ position: Int, _ name: String, _ applied: [String],
        _ declared: [Migration]
    ) -> StoreError {
        let found = declared[position].name
        let isMoved = applied.contains(found) || declared.contains { $0.name == name }
        return StoreError(
            .migrationsChanged,
            "the migrations of \(owner) were \(isMoved ? "reordered" : "renamed"): number "
                + "\(position + 1) is '\(name)' in the database and '\(found)' in this program",
            hint: "Released migrations keep their name and place; add changes at the end.")
    }
}
