import Glibc
import Logging
import OpsCore

/// A metric store in a folder of its own.
struct SeriesBench {
    let folder: String
    let loop: EventLoop
    let store: Store
    let series: Series

    /// Opens the store of a folder, which has to be empty unless `isNew` is false.
    ///
    /// - Parameter time: The clock; a later one lets days be over that are not.
    init(
        _ folder: String, isNew: Bool = true, time: any TimeSource = SystemTime()
    ) async throws {
        guard !isNew || mkdir(folder, 0o700) == 0 || rmdir(folder) == 0 && mkdir(folder, 0o700) == 0
        else {
            throw BenchError("make \(folder) (it must be new or empty)", errno: errno)
        }
        self.folder = folder
        let logger = Logger(label: "opsloop-bench")
        loop = try EventLoop(name: "bench")
        store = try Store.open(path: "\(folder)/opsloop.db", time: time, logger: logger)
        try loop.start()
        series = Series(store: store, time: time, loop: loop, logger: logger)
        try await series.open()
        series.start()
    }

    /// Writes everything and closes the files.
    func close() async {
        await series.stop()
        await store.close()
        await loop.stop()
    }

    /// All bytes in the folder.
    func bytes() throws -> Int { try Folder.bytes(of: folder) }
}
