import GRDB
import Glibc
import OpsJSONRPC

@testable import OpsCore

/// A database with an audit log, which can be opened behind the store's back.
struct AuditLogFixture {
    let folder: StoreFolder

    /// Writes a log of so many notes, with a denial now and then.
    init(notes: Int) async throws {
        folder = try StoreFolder()
        let store = try folder.open()
        try store.migrate(owner: "notes", Store.noteMigrations)
        for number in 1...max(notes, 1) where number <= notes {
            try await store.write(
                as: Principal("uid:\(number % 3)"), reason: "note.create r\(number)",
                call: CallName(method: "note.create", requestID: "r\(number)")
            ) { tx in
                let ref = Ref("note", try tx.insertNote("note \(number)"))
                try tx.audit(
                    "note.create", ref, before: nil, after: ["title": .string("n\(number)")])
            }
        }
        await store.close()
    }

    /// Runs statements on the database without any store in between.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Puts other bytes in the place of the database, and no log beside it.
    func replace(_ bytes: [UInt8]) throws {
        for end in ["-wal", "-shm"] { unlink(folder.path + end) }
        try folder.write(bytes)
    }

    /// What stands in the log, whatever SQLite makes of it; nil when SQLite can't read it.
    func contents() -> [String]? {
        guard let queue = try? DatabaseQueue(path: folder.path) else { return nil }
        defer { try? queue.close() }
        let columns = (AuditRow.columns + ["hash"])
            .map { "typeof(\($0)) || ':' || coalesce(hex(CAST(\($0) AS BLOB)), '')" }
            .joined(separator: " || '|' || ")
        return try? queue.read {
            try String.fetchAll($0, sql: "SELECT \(columns) FROM audit NOT INDEXED ORDER BY seq")
        }
    }

    /// Verifies the whole log in a store of its own.
    func verify(
        from: Int64 = 1, expected: AuditHead? = nil
    ) async throws -> AuditVerification {
        let store = try folder.open()
        do {
            let verification = try await store.verifyAudit(from: from, expected: expected)
            await store.close()
            return verification
        } catch {
            await store.close()
            throw error
        }
    }

    /// The number of the last row.
    func last() async throws -> Int64 { try await verify().head.seq }
}

extension Store {
    func verifyAudit(
        from: Int64 = 1, expected: AuditHead? = nil
    ) async throws -> AuditVerification {
        var verification = AuditVerification(from: from, expected: expected)
        while !verification.isFinished {
            let before = verification
            verification = try await read { transaction in
                var next = before
                try next.checkPage(transaction)
                return next
            }
        }
        return verification
    }
}
