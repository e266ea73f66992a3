internal import Glibc

/// How full a file system is.
struct FileSystemUsage: Sendable, Equatable {
    var totalBytes: Double
    var usedBytes: Double
    /// What a program without privileges can still write.
    var availableBytes: Double
    var totalInodes: Double
    var freeInodes: Double
    var isReadOnly = false

    /// The full part as `df` counts it, from 0 to 1: what only root may use is no free space.
    var usedRatio: Double {
        let usable = usedBytes + availableBytes
        return usable > 0 ? usedBytes / usable : 0
    }

    /// The part of the inodes that is taken; `nil` where a file system makes them as it goes.
    var inodeRatio: Double? {
        totalInodes > 0 ? 1 - freeInodes / totalInodes : nil
    }
}

extension FileSystemUsage {
    /// Asks the kernel about the file system at `path`; `nil` when it cannot be asked.
    ///
    /// May block for as long as a server behind it is silent.
    static func measure(_ path: String) -> FileSystemUsage? {
        var values = statvfs()
        guard statvfs(path, &values) == 0, values.f_blocks > 0 else { return nil }
        let block = Double(values.f_frsize)
        return FileSystemUsage(
            totalBytes: Double(values.f_blocks) * block,
            usedBytes: Double(values.f_blocks - min(values.f_bfree, values.f_blocks)) * block,
            availableBytes: Double(min(values.f_bavail, values.f_bfree)) * block,
            totalInodes: Double(values.f_files),
            freeInodes: Double(values.f_ffree),
            isReadOnly: values.f_flag & UInt(ST_RDONLY) != 0)
    }
}
