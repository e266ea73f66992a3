import OpsJSONRPC
import Testing

@testable import OpsCore

/// Reads that nobody waits for any more.
@Suite struct StoreReadTests {
    /// What a read does that would go on for ever: one statement without an end, or one after the other.
    @Test(arguments: [false, true])
    func `a cancelled read ends at once, and gives its connection back`(isOne: Bool) async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let read = Task {
            try await store.read { transaction in
                var rows = 0
                while true {
                    try transaction.forEach(
                        """
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                        SELECT i FROM n \(isOne ? "" : "LIMIT 1")
                        """
                    ) { _ in
                        if rows == 0 { begin.yield() }
                        rows += 1
                        return true
                    }
                }
                return rows
            }
        }
        _ = await begun.first { true }
        read.cancel()
        await #expect(throws: CancellationError.self) { try await read.value }
        for _ in 0..<10 {
            #expect(try await store.read { try $0.row("SELECT 7 AS n")?.int("n") } == 7)
        }
        await store.close()
    }

    @Test func `a read that is cancelled before it begins is not begun`() async throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let statements = Recorder<String>()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let read = Task {
            _ = await started.first { true }
            return try await store.read { transaction in
                statements.append("begun")
                return try transaction.row("SELECT 7 AS n")?.int("n")
            }
        }
        read.cancel()
        start.yield()
        await #expect(throws: CancellationError.self) { _ = try await read.value }
        #expect(statements.all.isEmpty)
        await store.close()
    }
}
