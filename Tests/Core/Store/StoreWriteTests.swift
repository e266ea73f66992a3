import GRDB
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreWriteTests {
    private let folder: StoreFolder
    private let store: Store
    private let author = Principal("uid:7")

    init() throws {
        folder = try StoreFolder()
        store = try folder.open()
        try store.migrate(owner: "notes", Store.noteMigrations)
    }

    @Test func `what was written can be read and survives closing`() async throws {
        #expect(try await store.writeNote("first") == 1)
        #expect(try await store.writeNote("second") == 2)
        #expect(try await store.noteTitles() == ["first", "second"])
        await store.close()

        let again = try folder.open()
        #expect(try await again.noteTitles() == ["first", "second"])
        await again.close()
    }

    @Test func `every commit is synced, in a log, with foreign keys in force`() throws {
        let settings = try store.onWriter { database in
            try ["synchronous", "journal_mode", "foreign_keys", "busy_timeout"].map {
                try String.fetchOne(database, sql: "PRAGMA \($0)")
            }
        }
        #expect(settings == ["2", "wal", "1", "5000"])
    }

    @Test func `an error of the body comes back as it was and nothing stays`() async throws {
        await #expect(throws: Refusal()) {
            try await store.write(as: author, reason: "") { tx in
                try tx.insertNote("gone")
                throw Refusal()
            }
        }
        #expect(try await store.noteTitles() == [])
        #expect(try await store.count("event") == 0)
    }

    @Test func `a broken rule of the schema is a constraint error without the value`() async throws
    {
        _ = try await store.writeNote("s3cret")
        let error = await #expect(throws: StoreError.self) { try await store.writeNote("s3cret") }
        #expect(error?.code == .constraint)
        #expect(error?.description.contains("note.title") == true)
        #expect(error?.description.contains("s3cret") == false)
        await #expect(throws: StoreError.self) {
            try await store.write(as: author, reason: "") { tx in
                try tx.execute("INSERT INTO note (id, title, parent) VALUES (9, 'x', 8)")
            }
        }
    }

    @Test func `A statement runs once for each row, and its error takes all of them back`()
        async throws
    {
        let insertion = "INSERT INTO note (id, title) VALUES (?, ?)"
        let ids = try await store.write(as: author, reason: "") { tx in
            let ids = try tx.nextIDs("note", count: 3)
            try tx.execute(insertion, forEach: ids.map { [.int(Int64($0)), .text("note \($0)")] })
            return ids
        }
        #expect(ids == 1..<4)
        #expect(try await store.noteTitles() == ["note 1", "note 2", "note 3"])
        #expect(try await store.writeNote("four") == 4)
        await #expect(throws: StoreError.self) {
            try await store.write(as: author, reason: "") { tx in
                #expect(try tx.nextIDs("note", count: 0).isEmpty)
                #expect(try tx.nextIDs("note", count: 2) == 5..<7)
                try tx.execute(
                    insertion, forEach: [[.int(5), .text("five")], [.int(6), .text("four")]])
            }
        }
        #expect(try await store.writeNote("five") == 5)
    }

    @Test func `A row with too few arguments is refused`() async throws {
        await #expect(throws: StoreError.self) {
            try await store.write(as: author, reason: "") { tx in
                try tx.execute("INSERT INTO note (id, title) VALUES (?, ?)", forEach: [[.int(1)]])
            }
        }
    }

    @Test func `ids of a write that failed are handed out again, also after reopening`()
        async throws
    {
        #expect(try await store.writeNote("one") == 1)
        _ = try? await store.write(as: author, reason: "") { tx in
            #expect(try tx.nextID("note") == 2)
            #expect(try tx.nextID("note") == 3)
            #expect(try tx.nextID("other") == 1)
            throw Refusal()
        }
        #expect(try await store.writeNote("two") == 2)
        await store.close()

        let again = try folder.open()
        #expect(try await again.writeNote("three") == 3)
        #expect(again.lastEventSequence == 3)
        await again.close()
    }

    @Test func `numbers of deleted rows are not used again`() async throws {
        _ = try await store.writeNote("one")
        try await store.write(as: author, reason: "tidy") { tx in
            try tx.execute("DELETE FROM note")
            try tx.execute("DELETE FROM event")
        }
        await store.close()
        let again = try folder.open()
        #expect(again.lastEventSequence == 1)
        #expect(try await again.writeNote("two") == 2)
        #expect(again.lastEventSequence == 2)
        await again.close()
    }

    // MARK: - Audit

    @Test func `a write without an entry of its own is audited with author and reason`()
        async throws
    {
        let before = try await store.count("audit")
        try await store.write(as: author, reason: "because") { tx in try tx.insertNote("a") }
        #expect(try await store.count("audit") == before + 1)
        let row = try await store.read { tx in
            try tx.row("SELECT * FROM audit ORDER BY seq DESC LIMIT 1")
        }
        #expect(try row?.text("principal") == "uid:7")
        #expect(try row?.text("reason") == "because")
        #expect(try row?.text("action") == "write")
        #expect(try row?.instant("at") == FixedTime.start)
    }

    @Test func `a part that is done as somebody else is that one's, also when it fails`()
        async throws
    {
        try await store.write(as: author, reason: "because") { tx in
            try tx.audit("first", nil, before: nil, after: nil)
            try tx.acting(as: Principal("rule:1")) {
                try tx.audit("second", nil, before: nil, after: nil)
                #expect(tx.author.name == "rule:1")
            }
            try? tx.acting(as: Principal("rule:2")) { throw Refusal() }
            try tx.audit("third", nil, before: nil, after: nil)
            try tx.announce("note.created", nil, [:])
            #expect(tx.events.map(\.topic) == ["note.created"])
        }
        let rows = try await store.read { tx in
            try tx.rows(
                "SELECT principal, reason FROM audit WHERE reason = ? ORDER BY seq", "because"
            ).map {
                "\(try $0.text("principal")) \(try $0.text("reason"))"
            }
        }
        #expect(rows == ["uid:7 because", "rule:1 because", "uid:7 because"])
    }

    @Test func `entries of the body take the place of the general one`() async throws {
        let before = try await store.count("audit")
        try await store.write(as: author, reason: "rename") { tx in
            try tx.audit("note.update", Ref("note", 1), before: ["t": "a"], after: ["t": "b"])
            try tx.audit("note.update", Ref("note", 2), before: nil, after: ["t": "c"])
        }
        let rows = try await store.read { tx in
            try tx.rows("SELECT * FROM audit WHERE seq > ? ORDER BY seq", before)
        }
        #expect(try rows.map { try $0.text("action") } == ["note.update", "note.update"])
        #expect(try rows.map { try $0.ref("ref") } == [Ref("note", 1), Ref("note", 2)])
        #expect(try rows.map { try $0.optionalJSON("before") } == [["t": "a"], nil])
        #expect(try rows.map { try $0.json("after") } == [["t": "b"], ["t": "c"]])
    }

    @Test func `a failed write leaves no audit entry, an unaudited one none either`() async throws {
        let before = try await store.count("audit")
        _ = try? await store.write(as: author, reason: "") { tx in
            try tx.audit("note.create", nil, before: nil, after: nil)
            throw Refusal()
        }
        try await store.writeUnaudited { tx in try tx.insertNote("sample") }
        #expect(try await store.count("audit") == before)
        #expect(try await store.noteTitles() == ["sample"])
    }

    // MARK: - Statements

    @Test(arguments: [
        "COMMIT", "  rollback", "PRAGMA synchronous = OFF", "-- x\nBEGIN", "/* x */ SAVEPOINT a",
        "VACUUM", "ATTACH 'x' AS y", ";COMMIT",
    ])
    func `statements of the store are refused`(sql: String) async throws {
        let error = await #expect(throws: StoreError.self) {
            try await store.write(as: author, reason: "") { tx in
                try tx.insertNote("before")
                try tx.execute(sql)
            }
        }
        #expect(error?.code == .invalidStatement)
        #expect(try await store.noteTitles() == [])
    }

    @Test func `several statements in one, missing arguments and nonsense are refused`()
        async throws
    {
        for sql in ["DELETE FROM note; COMMIT", "DELETE FROM note WHERE id = ?", "HELLO", ""] {
            let error = await #expect(throws: StoreError.self) {
                try await store.write(as: author, reason: "") { tx in try tx.execute(sql) }
            }
            #expect(error?.code == .invalidStatement, "\(sql)")
        }
    }

    @Test func `a read cannot change the database`() async throws {
        let error = await #expect(throws: StoreError.self) {
            try await store.read { tx in
                _ = try tx.rows("INSERT INTO note (id, title) VALUES (1, 'x') RETURNING id")
            }
        }
        #expect(error?.code == .invalidStatement)
    }

    @Test func `a statement tells how many rows it changed`() async throws {
        for title in ["a", "b", "c"] { _ = try await store.writeNote(title) }
        let counts = try await store.write(as: author, reason: "") { tx in
            [
                try tx.execute("UPDATE note SET parent = NULL WHERE title <> 'a'"),
                try tx.execute("DELETE FROM note WHERE id = 77"),
                try tx.execute("DELETE FROM note"),
            ]
        }
        #expect(counts == [2, 0, 3])
    }

    @Test func `rows can be walked one by one, with the same statement inside, and stopped`()
        async throws
    {
        for title in ["a", "b", "c"] { _ = try await store.writeNote(title) }
        let seen = try await store.read { tx in
            var seen: [String] = []
            try tx.forEach("SELECT title FROM note ORDER BY id") { row in
                seen.append(try row.text("title"))
                try tx.forEach("SELECT title FROM note ORDER BY id") { _ in false }
                return seen.count < 2
            }
            return seen
        }
        #expect(seen == ["a", "b"])
    }

    // MARK: - Closing

    @Test func `a closed store says so`() async throws {
        await store.close()
        await store.close()
        await #expect(throws: StoreError.self) { try await store.writeNote("late") }
        let error = await #expect(throws: StoreError.self) { try await store.noteTitles() }
        #expect(error?.code == .closed)
        #expect(error?.path == folder.path)
        #expect(throws: StoreError.self) { try store.migrate(owner: "late", []) }
    }

    @Test func `closing merges the log into the file`() async throws {
        _ = try await store.writeNote("a")
        await store.close()
        #expect(!folder.exists("opsloop.db-wal"))
    }
}
