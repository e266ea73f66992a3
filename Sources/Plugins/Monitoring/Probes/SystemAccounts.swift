internal import Glibc

/// Users and groups of this machine; asks whoever the system asks, so for worker threads only.
enum SystemAccounts {
    /// A group of a large company has tens of thousands of members.
    private static let bufferBytes = [16_384, 1 << 20, 16 << 20]

    /// Returns the number of a user by name or number; nil when there is none.
    static func userID(_ name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        return find { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let status = getpwnam_r(name, &entry, buffer, size, &found)
            return (status, found?.pointee.pw_uid)
        }
    }

    /// Returns the number of a group by name or number; nil when there is none.
    static func groupID(_ name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        return find { buffer, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            let status = getgrnam_r(name, &entry, buffer, size, &found)
            return (status, found?.pointee.gr_gid)
        }
    }

    /// Asks with more room as long as there is too little.
    private static func find(
        _ ask: (UnsafeMutablePointer<CChar>, Int) -> (status: CInt, id: UInt32?)
    ) -> UInt32? {
        for size in bufferBytes {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let answer = ask(buffer, size)
            if answer.status != ERANGE { return answer.id }
        }
        return nil
    }
}
