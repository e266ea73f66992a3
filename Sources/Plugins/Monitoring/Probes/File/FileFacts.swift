internal import Glibc
internal import OpsJSONRPC

/// What the system says about a file.
struct FileFacts: Sendable, Equatable {
    var path: String
    var kind: FileKind
    var bytes: Int64
    var changed: Instant
    var userID: UInt32
    var groupID: UInt32
    /// The rights, without the kind.
    var mode: UInt32

    /// More than a hundred thousand years from 1970 is as good as any time beyond.
    private static let furthestSecond: Int64 = 1 << 42

    init(_ path: String, _ facts: stat) {
        self.path = path
        kind = FileKind(mode: facts.st_mode)
        bytes = Int64(facts.st_size)
        // Some file systems keep any time that somebody gives a file.
        let seconds = min(
            max(Int64(facts.st_mtim.tv_sec), -Self.furthestSecond), Self.furthestSecond)
        changed = Instant(
            milliseconds: seconds * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
        userID = facts.st_uid
        groupID = facts.st_gid
        mode = facts.st_mode & 0o7777
    }

    init(
        _ path: String, kind: FileKind = .file, bytes: Int64 = 0, changed: Instant,
        userID: UInt32 = 0, groupID: UInt32 = 0, mode: UInt32 = 0o644
    ) {
        self.path = path
        self.kind = kind
        self.bytes = bytes
        self.changed = changed
        self.userID = userID
        self.groupID = groupID
        self.mode = mode
    }
}
