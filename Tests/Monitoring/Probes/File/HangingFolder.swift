import Glibc

/// A file system that never answers: one of FUSE's whose program does not read what it is asked.
final class HangingFolder {
    /// Whether this process may mount one.
    static let isPossible = (try? HangingFolder()) != nil

    let path: String
    private let folder: TemporaryFolder
    private var device: CInt

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/hanging"
        mkdir(path, 0o755)
        device = open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard device >= 0 else { throw TemporaryFolder.Failure(what: "/dev/fuse", error: errno) }
        let options = "fd=\(device),rootmode=40000,user_id=0,group_id=0"
        // Its name says that it holds no data, so that nobody measures it meanwhile.
        guard mount("opsloop-test", path, "fuse.opslooptest", 0, options) == 0 else {
            let error = errno
            close(device)
            folder.remove()
            throw TemporaryFolder.Failure(what: "mount", error: error)
        }
    }

    deinit {
        letGo()
        umount2(path, CInt(MNT_DETACH))
        folder.remove()
    }

    /// Ends the program's side: whoever is held gets an error.
    func letGo() {
        guard device >= 0 else { return }
        close(device)
        device = -1
    }
}
