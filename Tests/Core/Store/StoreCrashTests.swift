import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreCrashTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    /// Kills a process in the middle of a stream of writes and answers what it had been promised.
    private func acknowledged(from first: Int, killAfter lines: Int) throws -> [Int] {
        var crasher = try Crasher("write", folder.path, "\(first)")
        var printed: [String] = []
        while printed.count < lines, let line = crasher.line() { printed.append(line) }
        printed += crasher.kill()
        return printed.compactMap { Int($0) }
    }

    @Test func `what was acknowledged is there after kill -9 at any moment`() async throws {
        var promised: Set<Int> = []
        for (round, lines) in [1, 13, 40, 111, 300].enumerated() {
            let acknowledged = try acknowledged(from: (round + 1) * 1_000_000, killAfter: lines)
            #expect(acknowledged.count >= lines)
            promised.formUnion(acknowledged)
            try await verify(promised)
        }
    }

    private func verify(_ promised: Set<Int>) async throws {
        let store = try folder.open()
        let stored = try await store.read { tx in
            Set(try tx.rows("SELECT number FROM crash_row").map { try $0.int("number") })
        }
        #expect(promised.subtracting(stored) == [], "acknowledged and lost")
        // Row, event and audit entry belong to one write: there are all three or none.
        #expect(try await store.count("event") == stored.count)
        #expect(try await store.count("audit WHERE reason = 'crash'") == stored.count)
        #expect(try await store.eventSequences() == Array(1...stored.count))
        #expect(store.lastEventSequence == Int64(stored.count))
        try await store.checkIntegrity()
        await store.close()
    }
}
