import Foundation
import Logging

@testable import OpsCore

/// A folder of its own for a test's database, removed with the last reference to it.
final class StoreFolder: Sendable {
    static let logger = Logger(label: "test")
    let folder: String
    var path: String { folder + "/opsloop.db" }

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("opsloop-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    deinit {
        // Nothing depends on it: a folder that stays is a temporary file too many.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func open(fault: StatementFault? = nil) throws -> Store {
        try Store.open(
            path: path, time: FixedTime(), logger: Self.logger, fault: fault)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(name)")
    }

    func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func bytes() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
