import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreMigrateTests {
    private let folder: StoreFolder
    private let store: Store
    private let first = Migration("create_note", "CREATE TABLE note (id BIGINT PRIMARY KEY)")

    init() throws {
        folder = try StoreFolder()
        store = try folder.open()
    }

    private func applied(_ owner: String) async throws -> [String] {
        try await store.read { tx in
            try tx.rows("SELECT name FROM migration WHERE owner = ? ORDER BY position", owner)
                .map { try $0.text("name") }
        }
    }

    @Test func `migrations run once, in order, and may be appended to`() async throws {
        let second = Migration("add_title", "ALTER TABLE note ADD COLUMN title TEXT; ;\n")
        try store.migrate(owner: "notes", [first])
        try store.migrate(owner: "notes", [first])
        try store.migrate(owner: "notes", [first, second])
        #expect(try await applied("notes") == ["create_note", "add_title"])
        await store.close()

        let again = try folder.open()
        try again.migrate(owner: "notes", [first, second])
        await again.close()
    }

    @Test func `a number that is the key is the place of the row, and no second tree`() async throws
    {
        let keyed = Migration(
            "create_page", "CREATE TABLE page (id BIGINT NOT NULL PRIMARY KEY, title TEXT NOT NULL)"
        )
        try store.migrate(owner: "notes", [first, keyed])
        try await store.writeUnaudited { tx in
            try tx.execute("INSERT INTO page (id, title) VALUES (?, ?)", Int64.max - 1, "last")
        }
        let trees = try await store.read { tx in
            try tx.rows(
                "SELECT name FROM sqlite_schema WHERE tbl_name IN ('note', 'page') ORDER BY name"
            ).map { try $0.text("name") }
        }
        #expect(trees == ["note", "page"])
        let found = try await store.read { try $0.row("SELECT rowid AS place, title FROM page") }
        #expect(try found?.int64("place") == Int64.max - 1)
    }

    @Test func `owners do not mind each other`() async throws {
        try store.migrate(owner: "notes", [first])
        try store.migrate(
            owner: "other", [Migration("create_note", "CREATE TABLE other (id BIGINT)")])
        #expect(try await applied("other") == ["create_note"])
    }

    @Test func `a migration is audited`() async throws {
        try store.migrate(owner: "notes", [first])
        let reasons = try await store.read { tx in
            try tx.rows("SELECT reason FROM audit ORDER BY seq").map { try $0.text("reason") }
        }
        #expect(reasons.last == "migrate notes create_note")
    }

    @Test func `a migration that fails half-way leaves nothing, those before it stay`()
        async throws
    {
        let broken = Migration(
            "broken", "CREATE TABLE half (id BIGINT); INSERT INTO missing VALUES (1)")
        let error = #expect(throws: StoreError.self) {
            try store.migrate(owner: "notes", [first, broken])
        }
        #expect(error?.code == .migrationFailed)
        #expect(error?.message.contains("'broken' of notes") == true)
        #expect(error?.path == folder.path)
        #expect(try await applied("notes") == ["create_note"])
        await #expect(throws: StoreError.self) { try await store.count("half") }

        let mended = Migration("broken", "CREATE TABLE half (id BIGINT)")
        try store.migrate(owner: "notes", [first, mended])
        #expect(try await store.count("half") == 0)
    }

    @Test func `a migration cannot end the transaction that makes it atomic`() async throws {
        let escaping = Migration("escape", "CREATE TABLE half (id BIGINT); COMMIT; SELECT 1")
        let error = #expect(throws: StoreError.self) {
            try store.migrate(owner: "notes", [escaping])
        }
        #expect(error?.code == .migrationFailed)
        await #expect(throws: StoreError.self) { try await store.count("half") }
    }

    @Test func `a deferred constraint is refused, since its failure would hit everybody`() throws {
        let deferred = Migration(
            "deferred",
            """
            CREATE TABLE child (
                parent BIGINT REFERENCES child (parent) DEFERRABLE initially deferred)
            """)
        let error = #expect(throws: StoreError.self) {
            try store.migrate(owner: "notes", [deferred])
        }
        #expect(error?.code == .migrationFailed)
        #expect(error?.message.contains("deferred") == true)
    }

    @Test func `a database of a newer version is refused when it is opened`() async throws {
        try store.migrate(
            owner: StoreSchema.owner,
            StoreSchema.migrations + [Migration("from_the_future", "SELECT 1")])
        await store.close()
        let error = #expect(throws: StoreError.self) { try folder.open() }
        #expect(error?.code == .newerVersion)
        #expect(error?.path == folder.path)
        #expect(error?.description.contains("'from_the_future' of store") == true)
        #expect(error?.hint != nil)
    }

    @Test func `a plugin's newer tables are refused too, and the store goes on`() async throws {
        try store.migrate(owner: "notes", [first, Migration("future", "SELECT 1")])
        let error = #expect(throws: StoreError.self) { try store.migrate(owner: "notes", [first]) }
        #expect(error?.code == .newerVersion)
        try store.migrate(owner: "other", [])
        #expect(try await store.count("note") == 0)
    }
}
