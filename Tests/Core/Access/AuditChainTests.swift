import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite("The audit log's chain", .timeLimit(.minutes(2)))
struct AuditChainTests {
    @Test func `an untouched log is in order, across restarts and whatever is written`()
        async throws
    {
        let log = try await AuditLogFixture(notes: 5)
        let first = try await log.verify()
        #expect(first.finding == nil)
        #expect(first.checkedRows == Int(first.head.seq))

        let store = try log.folder.open()
        await #expect(throws: Refusal.self) {
            try await store.write(as: .system, reason: "fails") { tx in
                try tx.audit("fail", nil, before: nil, after: nil)
                throw Refusal()
            }
        }
        _ = try await store.writeNote("another")
        let second = try await store.verifyAudit(expected: first.head)
        #expect(second.finding == nil)
        #expect(second.head.seq == first.head.seq + 1)
        await store.close()
    }

    @Test func `the hash is the one that the decision record describes`() async throws {
        let row = AuditRow(values: [
            .int(1), .int(1_700_000_000_000), .text("uid:0"), .text("why"), .text("check.create"),
            .text("check:1"), .null, .text(#"{"a":1}"#), .null, .text("r1"), .text("ok"),
        ])
        // Computed with Python's hashlib.
        #expect(
            Hexadecimal.text(row.hash(after: AuditRow.genesis))
                == "a4e547342d25e49ebc18764a6d2b66f31954222bb3da6900d5534890d09fa9bf")
    }

    @Test(arguments: [
        "at = at + 1", "principal = 'root'", "reason = reason || ' '", "action = 'write'",
        "ref = 'note:99'", "ref = NULL", "before = '{}'", "after = NULL",
        "after = replace(after, 'n', 'm')", "method = NULL", "request_id = 'r9'",
        "outcome = 'forbidden'", "hash = zeroblob(32)", "hash = NULL", "hash = hex(hash)",
        "principal = CAST(principal AS BLOB)", "reason = reason || char(0) || 'hidden'",
    ])
    func `a row that was changed is found`(_ change: String) async throws {
        let log = try await AuditLogFixture(notes: 9)
        let bad = try await log.last() - 4
        try log.tamper("UPDATE audit SET \(change) WHERE seq = \(bad)")
        #expect(try await log.verify().finding?.seq == bad)
    }

    @Test func `a row that was taken out, put in or moved is found`() async throws {
        let removed = try await AuditLogFixture(notes: 9)
        let last = try await removed.last()
        try removed.tamper("DELETE FROM audit WHERE seq = \(last - 3)")
        #expect(try await removed.verify().finding?.seq == last - 3)

        let shifted = try await AuditLogFixture(notes: 9)
        try shifted.tamper(
            "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4")
        #expect(try await shifted.verify().finding?.seq == 4)

        let added = try await AuditLogFixture(notes: 9)
        try added.tamper(
            """
            INSERT INTO audit (seq, at, principal, reason, action, outcome, hash)
            SELECT seq + 1, at, principal, reason, action, outcome, hash FROM audit
            WHERE seq = \(last)
            """)
        #expect(try await added.verify().finding?.seq == last + 1)

        let early = try await AuditLogFixture(notes: 9)
        try early.tamper(
            "INSERT INTO audit (seq, at, principal, reason, action) VALUES (0, 0, 'x', 'x', 'x')")
        #expect(try await early.verify().finding?.seq == 0)

        let moved = try await AuditLogFixture(notes: 9)
        try moved.tamper(
            """
            UPDATE audit SET seq = -1 WHERE seq = \(last - 2);
            UPDATE audit SET seq = \(last - 2) WHERE seq = \(last - 1);
            UPDATE audit SET seq = \(last - 1) WHERE seq = -1
            """)
        #expect(try await moved.verify().finding?.seq == last - 2)
    }

    @Test func `a tail that was cut off is found, and a beginning`() async throws {
        let tail = try await AuditLogFixture(notes: 9)
        let last = try await tail.last()
        try tail.tamper("DELETE FROM audit WHERE seq > \(last - 2)")
        #expect(try await tail.verify().finding?.seq == last - 1)

        let beginning = try await AuditLogFixture(notes: 9)
        try beginning.tamper("DELETE FROM audit WHERE seq < 4")
        #expect(try await beginning.verify().finding?.seq == 1)

        let everything = try await AuditLogFixture(notes: 9)
        try everything.tamper("DELETE FROM audit")
        #expect(try await everything.verify().finding?.seq == 1)
    }

    @Test func `a log that was rewritten as a whole is found by a head that was kept`()
        async throws
    {
        let log = try await AuditLogFixture(notes: 9)
        let kept = try await log.verify().head
        #expect(AuditHead(kept.description) == kept)

        // Whoever can write to the file can compute every hash anew, and cut off the tail.
        try log.tamper(
            """
            DELETE FROM audit WHERE seq > \(kept.seq - 2);
            UPDATE sequence SET value = \(kept.seq - 2) WHERE noun = 'store.audit';
            """)
        #expect(try await log.verify().finding == nil)
        #expect(try await log.verify(expected: kept).finding?.seq == kept.seq - 1)

        let other = AuditHead(seq: kept.seq - 4, hash: AuditRow.genesis)
        #expect(try await log.verify(expected: other).finding?.seq == kept.seq - 4)
    }

    @Test func `from a row on, the rows before it are taken as they are`() async throws {
        let log = try await AuditLogFixture(notes: 9)
        let last = try await log.last()
        try log.tamper("UPDATE audit SET reason = 'x' WHERE seq = 3")
        #expect(try await log.verify(from: 5).finding == nil)
        #expect(try await log.verify(from: 5).checkedRows == Int(last) - 4)
        #expect(try await log.verify(from: 3).finding?.seq == 3)
    }

    @Test func `rows that are older than the chain are covered from its beginning on`()
        async throws
    {
        let log = try await AuditLogFixture(notes: 30)
        // What a database of version 0.1.0 looks like.
        try log.tamper(
            """
            DROP INDEX audit_principal; DROP INDEX audit_at; DROP INDEX audit_refused;
            ALTER TABLE audit DROP COLUMN hash; ALTER TABLE audit DROP COLUMN outcome;
            ALTER TABLE audit DROP COLUMN request_id; ALTER TABLE audit DROP COLUMN method;
            DROP TABLE search_index; ALTER TABLE search_document DROP COLUMN facets;
            CREATE VIRTUAL TABLE search_index USING fts5 (title, body, labels);
            DELETE FROM migration
            WHERE owner = 'store'
                AND name IN ('chain_audit', 'add_search_facets', 'gather_search_index');
            """)
        let verified = try await log.verify()
        #expect(verified.finding == nil)
        #expect(verified.checkedRows > 30)
        try log.tamper("UPDATE audit SET principal = 'uid:9' WHERE seq = 12")
        #expect(try await log.verify().finding?.seq == 12)
    }

    @Test func `a log of many pages is followed to its end`() async throws {
        let log = try await AuditLogFixture(notes: 0)
        let store = try log.folder.open()
        _ = try await store.writeUnaudited { tx in
            for number in 0..<AuditVerification.pageSize * 2 {
                try tx.audit("many", nil, before: nil, after: .number(JSON.Number(number)))
            }
        }
        #expect(try await store.verifyAudit().finding == nil)
        await store.close()
        let last = try await log.last()
        try log.tamper("DELETE FROM audit WHERE seq = \(last - 5)")
        #expect(try await log.verify().finding?.seq == last - 5)
    }

    // MARK: - Pruning

    private func prune(_ store: Store, olderThan age: Duration, limit: Int = 100) async throws
        -> Int
    {
        try await store.writeUnaudited { tx in
            try AuditPruning.prune(olderThan: tx.now + age, limit: limit, tx)
        }
    }

    @Test func `what is pruned leaves a checkpoint, with which the rest is still in order`()
        async throws
    {
        let log = try await AuditLogFixture(notes: 9)
        let whole = try await log.verify().head
        let store = try log.folder.open()
        #expect(try await prune(store, olderThan: .zero) == 0)
        #expect(try await prune(store, olderThan: .seconds(1), limit: 4) == 4)
        #expect(try await prune(store, olderThan: .seconds(1), limit: 3) == 3)
        let rest = try await store.verifyAudit(expected: whole)
        #expect(rest.finding == nil)
        #expect(!rest.hasMissedExpected)
        #expect(rest.checkedRows == Int(whole.seq) - 7 + 2)
        #expect(
            try await store.verifyAudit(expected: AuditHead(seq: 2, hash: AuditRow.genesis))
                .hasMissedExpected)
        await store.close()

        try log.tamper("DELETE FROM audit WHERE seq = 8")
        #expect(try await log.verify().finding?.seq == 1)
    }

    // MARK: - Bits

    @Test func `no bit of the database can be flipped in a row without being found`()
        async throws
    {
        let log = try await AuditLogFixture(notes: 40)
        let original = try log.folder.bytes()
        let contents = try #require(log.contents())
        var generator = SeriesRandom(seed: 4)
        var found = 0
        for _ in 0..<1500 {
            var bytes = original
            let bit = Int.random(in: 0..<bytes.count * 8, using: &generator)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try log.replace(bytes)
            guard let now = log.contents() else { continue }
            // Most bits belong to other tables, or to nothing.
            guard now != contents else { continue }
            found += 1
            // A store that does not even open, or that says it is damaged, has found it too.
            let verification = try? await log.verify()
            #expect(verification?.finding != nil || verification == nil, "bit \(bit)")
        }
        #expect(found > 50)
    }
}
