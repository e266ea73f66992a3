internal import Glibc

/// Reads files of `/proc`, or of a captured copy of it.
struct ProcFiles: Sendable {
    /// The folder that holds `proc`.
    let root: String

    /// Returns the text of a file under `proc`; `nil` when this kernel does not have it.
    func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the bytes of a file under `proc`, the first `max` of them or a few more.
    func bytes(_ name: String, max: Int = .max) -> [UInt8]? {
        let descriptor = open("\(root)/proc/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < max {
            let count = Self.append(descriptor, to: &bytes)
            if count == 0 { break }
            if count < 0, errno != EINTR { return nil }
        }
        return bytes
    }

    private static func append(_ descriptor: CInt, to bytes: inout [UInt8]) -> Int {
        // A file of /proc has no size: read until there is no more.
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
            return count
        }
    }

    /// Returns the numbers of all processes; `nil` when there is no `proc`.
    func processIDs() -> [Int32]? {
        guard let folder = opendir("\(root)/proc") else { return nil }
        defer { closedir(folder) }
        var ids: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 } }
            // Folders of processes, and nothing else, are numbers.
            if let id = Int32(String(decoding: name, as: UTF8.self)) { ids.append(id) }
        }
        return ids
    }

    /// Returns the user that a process runs as.
    func owner(_ id: Int32) -> UInt32? {
        var facts = stat()
        return stat("\(root)/proc/\(id)", &facts) == 0 ? facts.st_uid : nil
    }

    /// Reads everything but the file systems.
    func snapshot() -> HostSnapshot {
        var snapshot = HostSnapshot()
        snapshot.kernel = text("stat").flatMap { KernelStatistics(parsing: $0) }
        snapshot.load = text("loadavg").flatMap { LoadAverage(parsing: $0) }
        snapshot.memory = text("meminfo").flatMap { MemoryUsage(parsing: $0) }
        snapshot.uptimeSeconds = text("uptime").flatMap { $0.split(separator: " ").first }
            .flatMap { Double($0) }
        snapshot.processes = processIDs()?.count
        snapshot.openFiles = text("sys/fs/file-nr").flatMap { OpenFiles(parsing: $0) }
        for resource in ["cpu", "io", "memory"] {
            snapshot.pressure[resource] = text("pressure/\(resource)")
                .flatMap { Pressure(parsing: $0) }
        }
        snapshot.disks = text("diskstats").map(DiskCounters.parse) ?? []
        snapshot.networks = text("net/dev").map(NetworkCounters.parse) ?? []
        return snapshot
    }

    /// Returns the file systems that hold data.
    func mounts() -> [MountPoint] {
        text("self/mountinfo").map(MountPoint.parse) ?? []
    }
}
