import Glibc
import TestClient

/// A file system in memory that is soon full; only root can have one.
struct SmallDisk {
    private let folder: String
    private var filler: String { folder + "/filler" }

    static let canMount = geteuid() == 0

    init(at folder: String, kilobytes: Int) async throws {
        self.folder = folder
        let isMounted = try await Programs.run(
            "mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=700", "tmpfs", folder)
        guard isMounted else { throw TestFailure("mount \(folder)") }
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

    func unmount() async {
        // Lazily: whoever is still closing a file must not keep the mount. What stays mounted is a
        // temporary folder too many.
        _ = try? await Programs.run("umount", "--lazy", folder)
    }
}
