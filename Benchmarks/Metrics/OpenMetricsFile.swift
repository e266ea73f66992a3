import Glibc

/// Writes samples as OpenMetrics text, which Prometheus and VictoriaMetrics load.
final class OpenMetricsFile {
    let path: String
    private let file: UnsafeMutablePointer<FILE>

    init(_ workspace: Workspace, _ name: String) throws {
        path = workspace.file(name)
        guard let file = fopen(path, "we") else { throw BenchError("write \(path)", errno: errno) }
        self.file = file
        setvbuf(file, nil, CInt(_IOFBF), 1 << 20)
    }

    deinit { fclose(file) }

    /// Adds a sample whose series and value stand as text.
    ///
    /// - Parameter milliseconds: OpenMetrics counts seconds, with decimals.
    func add(_ key: some Collection<UInt8>, _ value: some Collection<UInt8>, at milliseconds: Int64)
    {
        let rest = String(milliseconds % 1000)
        var line = Array(key) + [UInt8(ascii: " ")] + Array(value)
        line += Array(
            " \(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)\n".utf8
        )
        fwrite(line, 1, line.count, file)
    }

    /// Ends the file; nothing can be added any more.
    func finish() throws {
        fputs("# EOF\n", file)
        guard fflush(file) == 0 else { throw BenchError("write \(path)", errno: errno) }
    }
}
