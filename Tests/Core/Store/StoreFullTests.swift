import Foundation
import GRDB
import Glibc
import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreFullTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    /// Writes notes of ten kilobytes until one fails.
    private func fill(_ store: Store) async throws -> (written: Int, error: StoreError?) {
        for number in 1...10_000 {
            do {
                _ = try await store.writeNote(
                    "\(number) \(UUID()) " + String(repeating: "x", count: 10_000))
            } catch let error as StoreError {
                return (number - 1, error)
            }
        }
        return (10_000, nil)
    }

    private func expectFull(_ error: StoreError?, _ path: String) {
        #expect(error?.code == .full)
        #expect(error?.path == path)
        #expect(error?.hint?.contains("Free some space") == true)
        #expect(error?.description.contains("xxxx") == false)
    }

    @Test func `a database at its largest size refuses writes and takes them again later`()
        async throws
    {
        let store = try folder.open()
        try store.migrate(owner: "notes", Store.noteMigrations)
        try store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 200") }
        let (written, error) = try await fill(store)
        #expect(written > 10)
        expectFull(error, folder.path)
        #expect(try await store.count("note") == written)
        #expect(try await store.count("event") == written)

        try store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try await store.writeNote("more") == written + 1)
        #expect(try await store.eventSequences() == Array(1...(written + 1)))
        await store.close()
    }

    @Test func `a full disk is reported as such even by a piece that goes on after the error`()
        async throws
    {
        let store = try folder.open()
        try store.migrate(owner: "notes", Store.noteMigrations)
        try store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = 60") }
        let error = await #expect(throws: StoreError.self) {
            try await store.write(as: .system, reason: "") { tx in
                // The bytes fill what is left, so that nothing after them has room either.
                for number in 1...100 {
                    _ = try? tx.execute(
                        "INSERT INTO note (id, title) VALUES (?, ?)", number,
                        "\(number) " + String(repeating: "x", count: 5_000))
                }
                for number in 101...10_000 { try tx.insertNote("note \(number)") }
            }
        }
        #expect(error?.code == .full)
        #expect(try await store.noteTitles() == [])
        await store.close()
    }

    @Test(
        .enabled(
            if: SmallDisk.canMount, "a small file system can be mounted here (needs to be root)"))
    func `a full disk refuses writes, loses nothing, and writes work once there is space`()
        async throws
    {
        let disk = try SmallDisk(at: folder.folder, kilobytes: 3072)
        defer { disk.unmount() }
        let filler = folder.folder + "/filler"
        try Data(count: 1 << 20).write(to: URL(fileURLWithPath: filler))
        let store = try folder.open()
        try store.migrate(owner: "notes", Store.noteMigrations)
        let (written, error) = try await fill(store)
        #expect(written > 10)
        expectFull(error, folder.path)
        #expect(store.statistics.failedCommits > 0)
        #expect(try await store.count("note") == written, "reading goes on")

        try FileManager.default.removeItem(atPath: filler)
        #expect(try await store.writeNote("more") == written + 1)
        try await store.checkIntegrity()
        await store.close()
        let again = try folder.open()
        #expect(try await again.count("note") == written + 1)
        #expect(try await again.eventSequences() == Array(1...(written + 1)))
        await again.close()
    }
}
