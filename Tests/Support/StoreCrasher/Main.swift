internal import Glibc
internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// A process for the store's tests to kill, or to run without privileges.
///
/// - `store-crasher write FILE FIRST` writes numbered rows from several tasks at once, and prints
///   each number once its write was answered, until it is killed.
/// - `store-crasher calls FOLDER` calls a method of a platform in that folder with the keys k1, k2, …
///   and prints each key with its result.
/// - `store-crasher hang FOLDER` makes the first of these calls, prints `committed` once its effect
///   is on the disk, and never answers.
/// - `store-crasher series FILE START NOW FIRST` appends rounds of samples as `CrashSeries` says,
///   prints the number of each once it is flushed, and checkpoints, merges and rolls up meanwhile,
///   until it is killed.
/// - `store-crasher open FILE` opens the store as an ordinary user and prints the error's code.
@main
struct StoreCrasher {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "write" where arguments.count == 4:
            try await write(arguments[2], from: Int(arguments[3]) ?? 0)
        case "calls" where arguments.count == 3:
            try await call(arguments[2])
        case "hang" where arguments.count == 3:
            CrashPlugin.isHanging = true
            try await call(arguments[2])
        case "series" where arguments.count == 6:
            let numbers = arguments[3...].map { Int64($0) ?? 0 }
            try await CrashSeries.run(try store(arguments[2]), numbers)
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

    private static func call(_ folder: String) async throws {
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder,
                configuration: Configuration(plugins: [PluginConfiguration(name: "crash")]),
                available: [CrashPlugin.self], logger: Logger(label: "crasher"), version: "1"))
        for number in 1... {
            let key = "k\(number)"
            let params: JSON = ["title": .string(key), "_meta": ["idempotency_key": .string(key)]]
            let result = try await platform.call("crash.add", params)
            say("\(key) \(result.text)")
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
    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(1, bytes, bytes.count)
    }
}
