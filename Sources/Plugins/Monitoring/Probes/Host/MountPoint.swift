/// A file system in the tree.
struct MountPoint: Sendable, Equatable {
    let path: String
    let type: String
    /// The device or server behind it.
    let source: String
    /// Which folder of the file system is mounted; `/` unless it is a bind mount or a subvolume.
    let folder: String
    /// Identifies the file system: its device where it has one.
    let identity: String

    /// Reads the text of `/proc/self/mountinfo` and returns the file systems that hold somebody's
    /// data, each once, in the order of their paths.
    static func parse(_ text: String) -> [MountPoint] {
        var visible: [String: MountPoint] = [:]
        for line in text.split(separator: "\n") {
            // What is mounted later on the same path hides what was there.
            if let mount = MountPoint(line: line) { visible[mount.path] = mount }
        }
        var chosen: [String: MountPoint] = [:]
        for mount in visible.values where mount.holdsData {
            guard let other = chosen[mount.identity] else {
                chosen[mount.identity] = mount
                continue
            }
            if mount.isBetterName(than: other) { chosen[mount.identity] = mount }
        }
        return chosen.values.sorted { $0.path < $1.path }
    }

    /// Returns what is mounted where a path is, given the text of `/proc/self/mountinfo`.
    static func holding(_ path: String, in text: String) -> MountPoint? {
        text.split(separator: "\n").compactMap { MountPoint(line: $0) }
            .filter { $0.path == "/" || path == $0.path || path.hasPrefix("\($0.path)/") }
            // What is mounted later on the same path hides what was there.
            .reduce(nil) { deepest, mount in
                mount.path.utf8.count >= deepest?.path.utf8.count ?? 0 ? mount : deepest
            }
    }

    private init?(line: Substring) {
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 9, let dash = words.dropFirst(6).firstIndex(of: "-"),
            words.count > dash + 2
        else { return nil }
        folder = Self.unescape(words[3])
        path = Self.unescape(words[4])
        type = String(words[dash + 1])
        source = Self.unescape(words[dash + 2])
        identity = source.hasPrefix("/dev/") ? source : String(words[2])
    }

    /// Whether a device of this machine is behind it, and no server.
    var isLocal: Bool { source.hasPrefix("/dev/") }

    /// Whether others than this machine's kernel and disks have to answer.
    var mayHang: Bool { type.hasPrefix("fuse") || Self.remote.contains(type) }

    /// Undoes `\040` for a space and its like.
    static func unescape(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func isBetterName(than other: MountPoint) -> Bool {
        if (folder == "/") != (other.folder == "/") { return folder == "/" }
        return (path.utf8.count, path) < (other.path.utf8.count, other.path)
    }

    /// Whether filling this file system up is somebody's problem: it is no window into the kernel,
    /// no memory disk, and no image that is full by nature.
    private var holdsData: Bool {
        // A container's root is an overlay, and so is every container's root seen from outside.
        if type == "overlay" { return path == "/" }
        if type.hasPrefix("fuse.") { return Self.fuse.contains(type) }
        return !Self.withoutData.contains(type)
    }

    private static let remote: Set<String> = [
        "9p", "afs", "autofs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "lustre",
        "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    ]
    private static let fuse: Set<String> = [
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.cephfs", "fuse.s3fs", "fuse.rclone",
        "fuse.mergerfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.moosefs", "fuse.juicefs",
    ]
    private static let withoutData: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
        "devtmpfs", "efivarfs", "erofs", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs",
        "nfsd", "proc", "pstore", "ramfs", "rootfs", "rpc_pipefs", "securityfs", "selinuxfs",
        "squashfs", "sysfs", "tmpfs", "tracefs", "udf", "smackfs",
    ]
}
