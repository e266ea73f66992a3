/// What SQLite by itself takes for the rows of a database: the same tables, indexes and search index,
/// filled in as many synced transactions, with nothing to judge, to look up or to tell.
///
/// It is the floor under an import, which stores the same. Links and remembered calls, of which such an
/// import has hardly any, are left out.
struct StoredAgain {
    let workspace: Workspace
    /// How many transactions there are.
    let parts: Int

    /// The database of the daemon in the workspace.
    private var database: String { workspace.file("data/opsloop.db") }

    private static let sqlite = Program(path: "sqlite3")

    /// Reports what it takes beside what an import of so many records took, where there is the program.
    func report(under name: String, of records: Int, took: Duration) throws {
        guard Program.isInstalled(Self.sqlite.path) else { return }
        let floor = try duration()
        Figure("\(name)_floor", Double(records) / floor.inSeconds, "records/s").report()
        Figure("\(name)_of_floor", floor.inSeconds / took.inSeconds * 100, "%").report()
    }

    /// Makes the copy and answers how long that took.
    private func duration() throws -> Duration {
        let tables = try ownTables(
            "name", where: "type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'")
        let schema =
            try ownTables(Self.definition, where: "type = 'table'")
            + ownTables(Self.definition, where: "type = 'index' AND sql IS NOT NULL")
        var script = Self.settings + ["ATTACH '\(database)' AS was"] + schema
        script += try searchIndex()
        for number in 0..<parts { script += part(tables, number) }
        let file = try workspace.write(script.joined(separator: ";\n") + ";\n", to: "floor.sql")
        let start = ContinuousClock.now
        _ = try Self.sqlite.lines(["-bail", workspace.file("floor.db"), ".read \(file)"])
        return ContinuousClock.now - start
    }

    private static let settings = [
        "PRAGMA auto_vacuum = 2", "PRAGMA journal_mode = wal", "PRAGMA synchronous = full",
        "PRAGMA cache_size = -32768",
    ]

    /// What made a table or an index, on one line.
    private static let definition = "replace(sql, char(10), ' ')"

    /// The program's own tables; those behind the search index are made by the index.
    private func ownTables(_ column: String, where condition: String) throws -> [String] {
        try answers(
            column,
            where: """
                \(condition)
                    AND tbl_name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'search_index%'
                """)
    }

    /// The search index, with all that it was told to keep to.
    private func searchIndex() throws -> [String] {
        try answers(Self.definition, where: "name = 'search_index'") + [
            """
            INSERT INTO search_index (search_index, rank)
                SELECT k, v FROM was.search_index_config WHERE k <> 'version'
            """
        ]
    }

    private func answers(_ column: String, where condition: String) throws -> [String] {
        try Self.sqlite.lines([
            database, "SELECT \(column) FROM sqlite_schema WHERE \(condition)",
        ])
    }

    private func part(_ tables: [String], _ number: Int) -> [String] {
        let copies = tables.map { table in
            "INSERT INTO main.\(table) SELECT * FROM was.\(table) WHERE \(range(table, number))"
        }
        let index = """
            INSERT INTO search_index (rowid, title, body, labels, facets)
                SELECT id, title, body, labels, facets FROM was.search_document
                WHERE \(range("search_document", number))
            """
        return ["BEGIN IMMEDIATE"] + copies + [index, "COMMIT"]
    }

    private func range(_ table: String, _ number: Int) -> String {
        let last = "(SELECT max(rowid) FROM was.\(table))"
        return
            "rowid > \(last) * \(number) / \(parts) AND rowid <= \(last) * \(number + 1) / \(parts)"
    }
}
