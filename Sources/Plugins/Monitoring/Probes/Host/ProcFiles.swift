internal import Glibc

/// Reads files of `/proc`, or of a captured copy of it.
struct ProcFiles: Sendable {
    /// The folder that holds `proc`.
    let root: String

    /// Returns the text of a file under `proc`; `nil` when this kernel does not have it.
    func text(_ name: String) -> String? {
        let descriptor = open("\(root)/proc/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let count = Self.append(descriptor, to: &bytes)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            if count < 0, errno != EINTR { return nil }
        }
    }

    private static func append(_ descriptor: CInt, to bytes: inout [UInt8]) -> Int {
        // A file of /proc has no size: read until there is no more.
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
            return count
        }
    }

    /// Returns how many processes there are.
    func processCount() -> Int? {
        guard let folder = opendir("\(root)/proc") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // Folders of processes, and nothing else, begin with a digit.
            let first = UInt8(bitPattern: entry.pointee.d_name.0)
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { count += 1 }
        }
        return count
    }

    /// Reads everything but the file systems.
    func snapshot() -> HostSnapshot {
        var snapshot = HostSnapshot()
        snapshot.kernel = text("stat").flatMap { KernelStatistics(parsing: $0) }
        snapshot.load = text("loadavg").flatMap { LoadAverage(parsing: $0) }
        snapshot.memory = text("meminfo").flatMap { MemoryUsage(parsing: $0) }
        snapshot.uptimeSeconds = text("uptime").flatMap { $0.split(separator: " ").first }
            .flatMap { Double($0) }
        snapshot.processes = processCount()
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
