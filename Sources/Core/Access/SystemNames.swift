internal import Glibc

/// The numbers behind the names of users and groups, as the system's name service knows them.
public enum SystemNames {
    /// The number of a user; nil when there is none of that name.
    ///
    /// May block: some name services ask the network.
    static func uid(of name: String) -> UInt32? {
        withRoom { room, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let status = getpwnam_r(name, &entry, room, size, &found)
            return (status, found.map { $0.pointee.pw_uid })
        }
    }

    /// The number of a group; nil when there is none of that name.
    ///
    /// May block: some name services ask the network.
    public static func gid(of name: String) -> UInt32? {
        withRoom { room, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            let status = getgrnam_r(name, &entry, room, size, &found)
            return (status, found.map { $0.pointee.gr_gid })
        }
    }

    /// Asks with more and more room, until the entry fits.
    private static func withRoom(
        _ ask: (UnsafeMutablePointer<CChar>, Int) -> (status: CInt, number: UInt32?)
    ) -> UInt32? {
        var size = 1024
        while size <= 16 << 20 {
            let room = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { room.deallocate() }
            let (status, number) = ask(room, size)
            guard status == ERANGE else { return number }
            size *= 2
        }
        return nil
    }
}
