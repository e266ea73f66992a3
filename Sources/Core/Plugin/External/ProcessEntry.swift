internal import Glibc

/// What the kernel says about a process, in `/proc`.
struct ProcessEntry: Equatable {
    let processID: pid_t
    let group: pid_t
    /// In ticks since the machine started; together with the number it names one process for ever.
    let startTime: UInt64
    let isZombie: Bool

    /// Reads `/proc/PID/stat`; nil when there is no such process.
    init?(_ processID: pid_t) {
        guard let text = Self.read("/proc/\(processID)/stat"),
            // The program's name stands in brackets and may hold anything, brackets included.
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let group = pid_t(fields[2]), let start = UInt64(fields[19]) else {
            return nil
        }
        self.processID = processID
        self.group = group
        startTime = start
        isZombie = fields[0] == "Z"
    }

    /// The memory that a process has in RAM.
    static func residentBytes(_ processID: pid_t) -> Int? {
        guard let text = read("/proc/\(processID)/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Names the present run of the machine.
    static var bootID: String {
        read("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
