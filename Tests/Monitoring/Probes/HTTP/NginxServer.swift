/// A real nginx that answers what its configuration says; it ends with the test.
final class NginxServer {
    /// Nobody else is on it, so that a port that is free stays so.
    private static let address = "127.0.0.77"

    let port: Int
    private let folder: TemporaryFolder
    private let program: ServerProgram

    /// - Parameter locations: What stands in the `server` block.
    init(_ locations: String) throws {
        folder = try TemporaryFolder()
        port = try FreePort.find(on: Self.address)
        let configuration = try folder.write(
            "nginx.conf", Self.configuration(port, locations, folder))
        program = try ServerProgram([
            "/usr/sbin/nginx", "-p", folder.path, "-c", configuration, "-e", "stderr",
        ])
        // The notice comes once it listens.
        try program.waitFor("getrlimit")
    }

    deinit {
        program.stop()
        folder.remove()
    }

    func url(_ path: String) -> String { "http://\(Self.address):\(port)\(path)" }

    private static func configuration(
        _ port: Int, _ locations: String, _ folder: TemporaryFolder
    ) -> String {
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: "\n")
        return """
            daemon off;
            master_process off;
            error_log stderr notice;
            pid \(folder.path)/nginx.pid;
            events { worker_connections 64; }
            http {
                access_log off;
                \(paths)
                server {
                    listen \(address):\(port);
                    \(locations)
                }
            }
            """
    }
}
