import CLibuv
import Glibc

/// The file of a Unix socket that this process has bound.
struct UnixSocketFile {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Binds a socket to `path`.
    ///
    /// Until the file has its permissions it is the current user's alone, so that there is no
    /// moment in which somebody else could connect who may not.
    static func bind(
        path: String, _ permissions: SocketPermissions
    ) throws(LoopError) -> (descriptor: CInt, file: UnixSocketFile) {
        let (descriptor, file) = try bindPrivately(path: path)
        guard permissions != SocketPermissions() else { return (descriptor, file) }
        guard file.take(permissions) else {
            let code = errno
            Glibc.close(descriptor)
            file.remove()
            throw LoopError(-code, "set the mode and the group of \(path)")
        }
        return (descriptor, file)
    }

    private func take(_ permissions: SocketPermissions) -> Bool {
        if let group = permissions.group, lchown(path, uid_t.max, group) != 0 { return false }
        return chmod(path, permissions.mode) == 0
    }

    /// Binds a socket with a file that only the current user can use.
    private static func bindPrivately(
        path: String
    ) throws(LoopError) -> (descriptor: CInt, file: UnixSocketFile) {
        let action = "listen on \(path)"
        let address = try SocketAddress.unix(path: path, for: action)
        let descriptor = try Self.openSocket(action)
        // The kernel gives the file the socket's own mode. A umask would do the same, but it counts
        // for the whole process, and other threads create files too.
        fchmod(descriptor, 0o600)
        let status = address.withPointer { Glibc.bind(descriptor, $0, address.length) }
        let code = errno
        guard status == 0, let file = Self(bound: path) else {
            Glibc.close(descriptor)
            throw LoopError(-code, action, hint: Self.hint(code))
        }
        return (descriptor, file)
    }

    private static func openSocket(_ action: String) throws(LoopError) -> CInt {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        if descriptor < 0 { throw LoopError(-errno, action) }
        return descriptor
    }

    private init?(bound path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        if status.st_mode & 0o077 != 0 { chmod(path, 0o600) }
        self.path = path
        self.device = status.st_dev
        self.inode = status.st_ino
    }

    private static func hint(_ code: CInt) -> String? {
        code == EADDRINUSE ? "another program uses it, or left the file behind" : nil
    }

    /// Removes the file, unless another program has put its own there meanwhile.
    func remove() {
        var status = stat()
        guard lstat(self.path, &status) == 0 else { return }
        guard status.st_dev == self.device, status.st_ino == self.inode else { return }
        unlink(self.path)
    }
}
