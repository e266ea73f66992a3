internal import Glibc
internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// A process for the store's tests to kill, or to run without privileges.
///
/// - `store-crasher write FILE FIRST` writes numbered rows from several tasks at once, and prints
///   each number once its write was answered, until it is killed.
/// - `store-crasher open FILE` opens the store as an ordinary user and prints the error's code.
@main
struct StoreCrasher {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "write" where arguments.count == 4:
            try await write(arguments[2], from: Int(arguments[3]) ?? 0)
        case "open" where arguments.count == 3:
            open(arguments[2])
        default:
            exit(3)
        }
    }

    private static func store(_ path: String) throws -> Store {
        try Store.open(path: path, time: SystemTime(), logger: Logger(label: "crasher"))
    }

    private static func write(_ path: String, from first: Int) async throws {
        let store = try store(path)
        try store.migrate(
            owner: "crasher",
            [Migration("create_row", "CREATE TABLE crash_row (number BIGINT NOT NULL PRIMARY KEY)")]
        )
        try await withThrowingTaskGroup { group in
            for writer in 0..<8 {
                group.addTask { try await write(store, first + writer, by: 8) }
            }
            try await group.waitForAll()
        }
    }

    private static func write(_ store: Store, _ first: Int, by step: Int) async throws {
        var number = first
        while true {
            let written = number
            try await store.write(as: .system, reason: "crash") { tx in
                try tx.execute("INSERT INTO crash_row (number) VALUES (?)", written)
                try tx.announce("crash.written", nil, .null)
            }
            say("\(written)")
            number += step
        }
    }

    /// Root may do anything, so the test of missing permissions needs somebody else.
    private static func open(_ path: String) {
        if geteuid() == 0, setgid(65534) != 0 || setuid(65534) != 0 { exit(4) }
        do {
            _ = try store(path)
            say("opened")
        } catch let error as StoreError {
            say(error.code.rawValue)
        } catch {
            say("\(error)")
        }
    }

    /// One system call a line, so that a kill cannot tear it and nothing is buffered.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(1, bytes, bytes.count)
    }
}
