internal import Glibc

/// The place of a Unix socket, held by one server at a time.
///
/// Whoever holds the lock file beside the socket may remove a socket that a dead server left
/// behind; nobody else may, so that no living server loses its socket.
public final class SocketFile: Sendable {
    /// The socket's path.
    public let path: String
    private let lock: CInt

    /// Locks the place and clears it.
    ///
    /// A folder that is missing is made for its owner only.
    /// - Throws: ``SocketError`` when another server has the place, or something that is no socket
    ///   lies there.
    public init(_ path: String) throws(SocketError) {
        self.path = path
        let folder = path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/")
        if !folder.isEmpty, mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw SocketError(path, "its folder can't be created", errno)
        }
        lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw SocketError(path, "its lock file can't be created", errno) }
        do throws(SocketError) {
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                throw SocketError(path, "another opsloopd listens there", nil)
            }
            try Self.removeStale(path)
        } catch {
            close(lock)
            throw error
        }
    }

    deinit { close(lock) }

    private static func removeStale(_ path: String) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError(path, "something that is not a socket lies there", nil)
        }
        guard unlink(path) == 0 else {
            throw SocketError(path, "the old socket can't be removed", errno)
        }
    }
}

/// Why a socket can't be listened on.
public struct SocketError: Error, CustomStringConvertible {
    /// The sentence for the operator.
    public let description: String

    init(group: String) {
        description = "server.socket_group: there is no group \(group) on this system"
    }

    init(_ path: String, _ problem: String, _ code: CInt?) {
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        description = "can't listen on \(path): \(problem)\(reason)"
    }
}
