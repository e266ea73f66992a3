/// Debian's node_exporter on a port that the system chose; it ends with the test.
final class NodeExporter {
    let port: Int
    private let program: ServerProgram

    init() throws {
        program = try ServerProgram([
            "prometheus-node-exporter", "--web.listen-address=127.0.0.1:0",
        ])
        port = try Self.port(program)
    }

    var url: String { "http://127.0.0.1:\(port)/metrics" }

    /// Reads its log up to the line that says where it listens.
    private static func port(_ program: ServerProgram) throws -> Int {
        var said: [String] = []
        while let line = program.readLine() {
            let address = line.split(separator: " ").last { $0.hasPrefix("address=127.0.0.1:") }
            if let port = address.flatMap({ Int($0.dropFirst(18)) }) { return port }
            said.append(line)
        }
        throw TemporaryFolder.Failure(
            what: "prometheus-node-exporter said \(said.suffix(5))", error: 0)
    }
}
