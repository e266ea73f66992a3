import OpsJSONRPC

@testable import OpsCore

extension Store {
    /// A table for tests to write into.
    static let noteMigrations = [
        Migration(
            "create_note",
            """
            CREATE TABLE note (
                id BIGINT NOT NULL PRIMARY KEY, title TEXT NOT NULL UNIQUE, parent BIGINT
                    REFERENCES note (id)
            )
            """)
    ]

    func writeNote(_ title: String) async throws -> Int {
        try await write(as: Principal("uid:7"), reason: "test") { tx in
            try tx.insertNote(title)
        }
    }

    func noteTitles() async throws -> [String] {
        try await read { tx in
            try tx.rows("SELECT title FROM note ORDER BY id").map { try $0.text("title") }
        }
    }

    func eventSequences() async throws -> [Int] {
        try await read { tx in
            try tx.rows("SELECT seq FROM event ORDER BY seq").map { try $0.int("seq") }
        }
    }

    func count(_ table: String) async throws -> Int {
        try await read { tx in
            try tx.row("SELECT count(*) AS n FROM \(table)")?.int("n") ?? 0
        }
    }
}

extension WriteTransaction {
    @discardableResult
    func insertNote(_ title: String) throws -> Int {
        let id = try nextID("note")
        try execute("INSERT INTO note (id, title) VALUES (?, ?)", id, title)
        try announce("note.created", Ref("note", id), ["title": .string(title)])
        return id
    }
}
