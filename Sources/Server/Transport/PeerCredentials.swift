internal import Glibc

/// Who is at the other end of a Unix socket, as the kernel says.
///
/// The groups are those that the other process had when it connected, its supplementary groups
/// included: the same that decide which files it can open. The kernel keeps them with the socket,
/// so nobody has to be asked who might block.
struct PeerCredentials: Sendable {
    let uid: UInt32
    let gids: [UInt32]

    /// Asks the kernel; `nil` when it can't tell.
    init?(descriptor: CInt) {
        // `struct ucred` of unix(7), which Glibc shows to GNU C only.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
            return nil
        }
        uid = credentials.uid
        gids = [credentials.gid] + Self.supplementaryGroups(descriptor)
    }

    private static func supplementaryGroups(_ descriptor: CInt) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: 32)
        while true {
            var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
            if getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &size) == 0 {
                return [UInt32](groups.prefix(Int(size) / MemoryLayout<UInt32>.size))
            }
            // When the room does not suffice, the kernel says how much does. Without an answer
            // nobody has a right by group.
            let needed = Int(size) / MemoryLayout<UInt32>.size
            guard errno == ERANGE, needed > groups.count else { return [] }
            groups = [UInt32](repeating: 0, count: needed)
        }
    }
}
