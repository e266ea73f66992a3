internal import Glibc
internal import OpsCore
internal import OpsImport
internal import OpsJSONRPC

/// What this host says of itself, in the files of its kernel and of its system; no program is asked.
struct HostFacts: Sendable {
    /// Where the files lie; another folder in tests.
    var root = ""
    /// The addresses of the network interfaces.
    var addresses: @Sendable () -> [String] = Self.interfaceAddresses

    /// The host as an item.
    ///
    /// - Throws: `conflict` where it has no name.
    func record() throws(RPCError) -> ImportedRecord {
        guard let name = line("/proc/sys/kernel/hostname") else {
            throw .conflict("This host does not say its name in /proc/sys/kernel/hostname.")
        }
        let key = line("/etc/machine-id") ?? name
        return ImportedRecord(
            line: 1, key: key, name: name,
            [
                ("hostname", .string(name)),
                ("os", Self.system(text("/etc/os-release")).map(JSON.string)),
                ("kernel", line("/proc/sys/kernel/osrelease").map(JSON.string)),
                ("cpus", Self.processors(text("/proc/cpuinfo")).map { .number(.init($0)) }),
                ("cpu", Self.processor(text("/proc/cpuinfo")).map(JSON.string)),
                ("memory_mb", Self.memory(text("/proc/meminfo")).map { .number(.init($0)) }),
                ("addresses", .string(addresses().joined(separator: " "))),
                ("disks", .string(disks().joined(separator: ", "))),
            ])
    }

    // MARK: - What the files say

    static func system(_ release: String) -> String? {
        let lines = release.split(separator: "\n")
        let line =
            lines.first { $0.hasPrefix("PRETTY_NAME=") } ?? lines.first { $0.hasPrefix("NAME=") }
        guard let value = line?.split(separator: "=", maxSplits: 1).last else { return nil }
        return String(value.filter { $0 != "\"" && $0 != "'" })
    }

    static func processors(_ cpuinfo: String) -> Int? {
        let count = cpuinfo.split(separator: "\n").count { $0.hasPrefix("processor") }
        return count > 0 ? count : nil
    }

    static func processor(_ cpuinfo: String) -> String? { value("model name", in: cpuinfo) }

    /// The memory in MiB, as Ansible's `memtotal_mb`.
    static func memory(_ meminfo: String) -> Int? {
        value("MemTotal", in: meminfo).flatMap { Int($0.prefix { $0.isNumber }) }.map { $0 / 1024 }
    }

    private static func value(_ name: String, in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let value = line?.split(separator: ":", maxSplits: 1).last else { return nil }
        return String(value.drop { $0 == " " || $0 == "\t" })
    }

    /// The disks that hardware stands behind, and their sizes; the kernel counts in blocks of 512 bytes.
    private func disks() -> [String] {
        names(in: "/sys/block").filter { isDisk($0) }.compactMap { name in
            guard let blocks = line("/sys/block/\(name)/size").flatMap({ Int($0) }), blocks > 0
            else {
                return nil
            }
            return "\(name) \(blocks >> 21) GiB"
        }
    }

    private func isDisk(_ name: String) -> Bool {
        !["loop", "ram", "zram", "dm-", "md", "sr", "fd"].contains { name.hasPrefix($0) }
    }

    // MARK: - Files

    private func line(_ path: String) -> String? {
        let line = text(path).split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty ? nil : line
    }

    /// What a file holds, up to 1 MiB; nothing where it cannot be read.
    private func text(_ path: String) -> String {
        guard let file = fopen(root + path, "re") else { return "" }
        defer { fclose(file) }
        // The files of /proc do not say how long they are.
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { room, count in
            count = fread(room.baseAddress, 1, room.count, file)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func names(in path: String) -> [String] {
        guard let folder = opendir(root + path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// All but those by which a host talks to itself, and those that hold on one line only.
    @Sendable private static func interfaceAddresses() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: Set<String> = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            guard interface.ifa_flags & UInt32(IFF_LOOPBACK) == 0,
                let text = interface.ifa_addr.flatMap(text)
            else { continue }
            if !text.hasPrefix("fe80:") { found.insert(text) }
        }
        return found.sorted()
    }

    private static func text(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let family = CInt(address.pointee.sa_family)
        guard family == AF_INET || family == AF_INET6 else { return nil }
        let length =
            family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(
            address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
