import Logging
import OpsCore

/// A store on a loop, as the daemon has them, with a table to write to.
struct StoreBench: Sendable {
    let loop: EventLoop
    let store: Store

    init(_ path: String) throws {
        loop = try EventLoop(name: "bench")
        store = try Store.open(
            path: path, time: SystemTime(), logger: Logger(label: "opsloop-bench"))
        try store.migrate(
            owner: "bench",
            [
                Migration(
                    "notes",
                    "CREATE TABLE bench_note (id BIGINT PRIMARY KEY, text TEXT NOT NULL)")
            ])
        try loop.start()
    }

    /// Writes one note, with the audit row that every write leaves.
    func write() async throws {
        try await store.write(as: .system, reason: "bench") { transaction in
            try transaction.execute(
                "INSERT INTO bench_note (id, text) VALUES (?, ?)",
                transaction.nextID("note"), "a line of text as a note holds")
        }
    }

    func close() async {
        await store.close()
        await loop.stop()
    }
}
