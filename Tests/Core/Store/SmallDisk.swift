import Foundation
import Glibc

/// A file system in memory that is soon full.
struct SmallDisk {
    private let folder: String
    private var filler: String { folder + "/filler" }

    static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? StoreFolder() else { return false }
        guard let disk = try? SmallDisk(at: folder.folder, kilobytes: 64) else { return false }
        disk.unmount()
        return true
    }()

    init(at folder: String, kilobytes: Int) throws {
        self.folder = folder
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder)
    }

    /// Takes all the space that there is.
    func fill() {
        let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }

    /// Gives the space back.
    func free() { unlink(filler) }

    func unmount() {
        // Lazily: a connection that is still closing must not keep the mount.
        try? Self.run("umount", "--lazy", folder)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Refusal() }
    }
}
