internal import Glibc

/// Who is at the other end of a Unix socket, as the kernel says.
struct PeerCredentials: Sendable {
    let uid: UInt32

    /// Asks the kernel; `nil` when it can't tell.
    init?(descriptor: CInt) {
        // `struct ucred` of unix(7), which Glibc shows to GNU C only.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
            return nil
        }
        uid = credentials.uid
    }
}
