/// Debian's nginx on a free port of an address that the tests have to themselves.
final class NginxServer {
    let port: Int
    private let program: ServerProgram

    /// - Parameter servers: What stands in each `server` block, beside the port.
    private init(_ folder: TemporaryFolder, port: Int, _ servers: [String]) throws {
        self.port = port
        let path = folder.path
        let blocks = servers.map { "server {\n\($0)\n}" }.joined(separator: "\n")
        let file = try folder.write(
            "nginx.conf",
            """
            daemon off;
            master_process off;
            pid \(path)/nginx.pid;
            error_log stderr notice;
            events {}
            http {
                access_log off;
                ssl_protocols TLSv1.2 TLSv1.3;
                client_body_temp_path \(path)/body;
                proxy_temp_path \(path)/proxy;
                fastcgi_temp_path \(path)/fastcgi;
                uwsgi_temp_path \(path)/uwsgi;
                scgi_temp_path \(path)/scgi;
                \(blocks)
            }
            """)
        program = try ServerProgram(["/usr/sbin/nginx", "-c", file, "-e", "stderr"])
        try program.waitFor("getrlimit")
    }

    /// Servers of different names with their certificates on one port.
    convenience init(
        _ folder: TemporaryFolder, _ servers: [(name: String, certificate: TestAuthority.Issued)]
    ) throws {
        let port = try FreePort.find(on: NameServer.address)
        try self.init(
            folder, port: port,
            servers.map { name, certificate in
                """
                listen \(NameServer.address):\(port) ssl;
                server_name \(name);
                ssl_certificate \(certificate.file);
                ssl_certificate_key \(certificate.key);
                """
            })
    }

    /// A server without TLS that answers as its locations say.
    convenience init(_ folder: TemporaryFolder, locations: String) throws {
        let port = try FreePort.find(on: NameServer.address)
        try self.init(folder, port: port, ["listen \(NameServer.address):\(port);\n\(locations)"])
    }

    /// The address of a path of a server without TLS.
    func url(_ path: String) -> String { "http://\(NameServer.address):\(port)\(path)" }
}
