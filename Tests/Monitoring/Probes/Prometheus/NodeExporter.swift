import Glibc

/// Debian's node_exporter on a port that the system chose; it ends with the test.
final class NodeExporter {
    let port: Int
    private let process: pid_t
    private let line: CInt

    init() throws {
        // The shell waits for the end of its standard input, which is the test's, however it ends.
        (process, line) = try WebServer.spawn([
            "/bin/sh", "-c",
            "prometheus-node-exporter --web.listen-address=127.0.0.1:0 2>&1 </dev/null & read -r _; kill $!",
        ])
        port = try Self.port(line)
    }

    deinit {
        close(line)
        var status: CInt = 0
        waitpid(process, &status, 0)
    }

    var url: String { "http://127.0.0.1:\(port)/metrics" }

    /// Reads its log up to the line that says where it listens.
    private static func port(_ descriptor: CInt) throws -> Int {
        var line = ""
        var all = ""
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            guard byte == UInt8(ascii: "\n") else {
                line.unicodeScalars.append(Unicode.Scalar(byte))
                continue
            }
            let words = line.split(separator: " ")
            let address = words.last { $0.hasPrefix("address=127.0.0.1:") }
            if let port = address.flatMap({ Int($0.dropFirst(18)) }) { return port }
            all += line
            line = ""
        }
        throw TemporaryFolder.Failure(what: "prometheus-node-exporter said: \(all)", error: 0)
    }
}
