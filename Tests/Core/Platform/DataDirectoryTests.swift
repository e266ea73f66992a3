import Foundation
import Testing

@testable import OpsCore

struct DataDirectoryTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    @Test func `a folder is made with all above it, for its owner only`() throws {
        let path = folder.folder + "/a/b"
        _ = try DataDirectory(path)
        for made in [path, folder.folder + "/a"] {
            let mode = try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions]
            #expect(mode as? Int == 0o700)
        }
    }

    @Test func `a second owner is refused until the first has let go`() throws {
        let first = try DataDirectory(folder.folder)
        for _ in 1...3 {
            let error = #expect(throws: DataDirectoryError.self) {
                try DataDirectory(folder.folder)
            }
            #expect(error?.description.contains("is in use by another opsloopd") == true)
        }
        first.unlock()
        let second = try DataDirectory(folder.folder)
        first.unlock()
        #expect(throws: DataDirectoryError.self) { try DataDirectory(folder.folder) }
        #expect(second.path == folder.folder)
    }

    @Test func `a folder is free when its owner is gone`() throws {
        _ = try DataDirectory(folder.folder)
        _ = try DataDirectory(folder.folder)
    }

    @Test func `a file in the way is named`() throws {
        try folder.write([1])
        let error = #expect(throws: DataDirectoryError.self) { try DataDirectory(folder.path) }
        #expect(error?.description.contains(folder.path) == true)
        #expect(error?.description.contains("Not a directory") == true)
    }
}
