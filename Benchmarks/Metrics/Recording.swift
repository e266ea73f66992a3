import Glibc
import OpsCore
import OpsJSONRPC

/// A recording of scrapes: a line `@ milliseconds`, then the lines of the text exposition format.
struct Recording {
    let path: String
    /// Only every so manyth scrape.
    let every: Int

    /// Appends all samples to a metric store and returns how many there are.
    func replay(into series: Series) async throws -> Int {
        let (lines, program) = try open()
        var replay = RecordingReplay(series)
        var scrapes = 0
        while let line = lines.next() {
            if line.first == UInt8(ascii: "@") {
                try replay.begin(at: line)
                scrapes += 1
                // In life the flush of every second bounds what waits; a replay is in a hurry.
                if scrapes.isMultiple(of: 1000) { try await series.flush() }
            } else if (scrapes - 1).isMultiple(of: every) {
                try replay.take(line)
            }
        }
        replay.finish()
        try program?.waitForSuccess()
        return replay.count
    }

    /// Writes all samples as OpenMetrics text and returns how many there are.
    func write(to file: OpenMetricsFile) throws -> Int {
        let (lines, program) = try open()
        var at: Int64 = 0
        var (scrapes, samples) = (0, 0)
        while let line = lines.next() {
            if line.first == UInt8(ascii: "@") {
                at = Int64(String(decoding: line.dropFirst(2), as: UTF8.self)) ?? 0
                scrapes += 1
            } else if (scrapes - 1).isMultiple(of: every),
                let (key, value) = RecordingReplay.sample(in: line)
            {
                file.add(key, value, at: at)
                samples += 1
            }
        }
        try program?.waitForSuccess()
        try file.finish()
        return samples
    }

    /// A compressed recording is read through `zstd`.
    private func open() throws -> (LineReader, RunningProgram?) {
        guard path.hasSuffix(".zst") else { return (try LineReader(path: path), nil) }
        guard access(path, R_OK) == 0 else { throw BenchError("read \(path)", errno: errno) }
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw BenchError("make a pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        let reader = try LineReader(descriptor: ends[0])
        let program = try Program(path: "zstd").start(
            ["-dcq", "--long=27", path], Program.Streams(output: ends[1]))
        return (reader, program)
    }
}
