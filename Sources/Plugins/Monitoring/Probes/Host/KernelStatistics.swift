/// The counters of `/proc/stat`.
struct KernelStatistics: Sendable, Equatable {
    let cpu: CPUTimes
    let processors: Int
    var contextSwitches: UInt64?
    var interrupts: UInt64?
    var forks: UInt64?
    var running: Int?
    /// Processes that wait for a disk.
    var blocked: Int?

    /// Reads the text of `/proc/stat`; `nil` when it lacks the line that all kernels write.
    init?(parsing text: String) {
        var total: CPUTimes?
        var processors = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let key = words.first else { continue }
            if key == "cpu" {
                total = CPUTimes(fields: words.dropFirst())
            } else if key.hasPrefix("cpu") {
                processors += 1
            }
        }
        guard let total else { return nil }
        cpu = total
        self.processors = max(processors, 1)
        readCounters(text)
    }

    private mutating func readCounters(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count > 1 else { continue }
            switch words[0] {
            case "ctxt": contextSwitches = UInt64(words[1])
            case "intr": interrupts = UInt64(words[1])
            case "processes": forks = UInt64(words[1])
            case "procs_running": running = Int(words[1])
            case "procs_blocked": blocked = Int(words[1])
            default: break
            }
        }
    }
}
