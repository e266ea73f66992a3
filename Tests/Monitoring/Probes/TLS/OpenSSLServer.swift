/// The server of the openssl program.
final class OpenSSLServer {
    let port: Int
    private let program: ServerProgram

    /// Starts a server; `chain` is sent after its certificate.
    init(
        _ certificate: TestAuthority.Issued, chain: String? = nil, _ options: String...
    ) throws {
        program = try ServerProgram(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.file,
                "-key", certificate.key,
            ] + (chain.map { ["-cert_chain", $0] } ?? []) + options)
        while true {
            guard let line = program.readLine() else {
                throw TemporaryFolder.Failure(what: "openssl s_server", error: 0)
            }
            guard line.hasPrefix("ACCEPT ") else { continue }
            port = Int(line.split(separator: ":").last ?? "") ?? 0
            return
        }
    }
}
