import Glibc

/// What the kernel says about a process.
struct ProcessUsage {
    let residentMegabytes: Double
    let cpuSeconds: Double

    init(of process: pid_t) throws {
        let status = try Self.words("/proc/\(process)/status")
        guard let label = status.firstIndex(of: "VmRSS:"), let kilobytes = Double(status[label + 1])
        else { throw BenchError("/proc/\(process)/status says no VmRSS.") }
        // After the name in parentheses, user and system time are the 12th and 13th word.
        let statistics = try Self.words("/proc/\(process)/stat")
        guard let name = statistics.lastIndex(where: { $0.hasSuffix(")") }),
            statistics.count > name + 13, let user = Double(statistics[name + 12]),
            let system = Double(statistics[name + 13])
        else { throw BenchError("/proc/\(process)/stat says no times.") }
        residentMegabytes = kilobytes / 1024
        cpuSeconds = (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    private static func words(_ path: String) throws -> [String] {
        let reader = try LineReader(path: path)
        var words: [String] = []
        while let line = reader.next() {
            let text = String(decoding: line, as: UTF8.self)
            words += text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        }
        return words
    }
}
