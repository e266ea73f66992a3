/// Memory and swap, in bytes.
struct MemoryUsage: Sendable, Equatable {
    let total: Double
    let free: Double
    /// What programs can still get without swapping.
    let available: Double
    let buffers: Double
    let cached: Double
    let swapTotal: Double
    let swapFree: Double

    /// Reads the text of `/proc/meminfo`.
    init?(parsing text: String) {
        var sizes: [Substring: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "\t" })
            guard words.count >= 2, let size = Double(words[1]) else { continue }
            sizes[words[0]] = size * (words.count > 2 && words[2] == "kB" ? 1024 : 1)
        }
        guard let total = sizes["MemTotal"], let free = sizes["MemFree"], total > 0 else {
            return nil
        }
        self.total = total
        self.free = free
        buffers = sizes["Buffers"] ?? 0
        cached = (sizes["Cached"] ?? 0) + (sizes["SReclaimable"] ?? 0)
        // Kernels before 3.14 have no estimate of their own.
        available = sizes["MemAvailable"] ?? min(total, free + buffers + cached)
        swapTotal = sizes["SwapTotal"] ?? 0
        swapFree = sizes["SwapFree"] ?? 0
    }

    /// The part that programs cannot get any more, from 0 to 1.
    var usedRatio: Double { max(0, 1 - available / total) }

    /// The part of the swap space that is taken, from 0 to 1; `nil` without swap.
    var swapUsedRatio: Double? { swapTotal > 0 ? max(0, 1 - swapFree / swapTotal) : nil }
}
