/// What one disk has read and written since it was attached.
struct DiskCounters: Sendable, Equatable {
    let device: String
    let reads: Double
    let readBytes: Double
    let readSeconds: Double
    let writes: Double
    let writtenBytes: Double
    let writeSeconds: Double
    /// The time in which the disk had something to do.
    let busySeconds: Double

    /// Reads the text of `/proc/diskstats`: whole disks that have been used, no partitions.
    static func parse(_ text: String) -> [DiskCounters] {
        text.split(separator: "\n").compactMap { DiskCounters(line: $0) }
            .filter { isWholeDisk($0.device) && $0.reads + $0.writes > 0 }
    }

    private init?(line: Substring) {
        // The kernel counts in sectors of 512 bytes whatever the disk's own sector size is.
        let words = line.split(separator: " ")
        guard words.count >= 14 else { return nil }
        let numbers = words.dropFirst(3).prefix(10).compactMap { Double($0) }
        guard numbers.count == 10 else { return nil }
        device = String(words[2])
        reads = numbers[0]
        readBytes = numbers[2] * 512
        readSeconds = numbers[3] / 1000
        writes = numbers[4]
        writtenBytes = numbers[6] * 512
        writeSeconds = numbers[7] / 1000
        busySeconds = numbers[9] / 1000
    }

    /// Whether the name is that of a disk: no partition, memory disk, loop device or floppy.
    static func isWholeDisk(_ name: String) -> Bool {
        if ["loop", "ram", "zram", "fd"].contains(where: { isNumbered(name, prefix: $0) }) {
            return false
        }
        if name.hasPrefix("nvme") || name.hasPrefix("mmcblk") {
            // nvme0n1p2, mmcblk0p1
            guard let mark = name.lastIndex(of: "p") else { return true }
            let number = name[name.index(after: mark)...]
            return number.isEmpty || !number.allSatisfy(\.isNumber)
        }
        if ["sd", "hd", "vd", "xvd"].contains(where: name.hasPrefix) {
            return name.last?.isNumber == false
        }
        return true
    }

    private static func isNumbered(_ name: String, prefix: String) -> Bool {
        name.hasPrefix(prefix) && name.dropFirst(prefix.count).allSatisfy(\.isNumber)
    }
}
