/// Debian's nginx with two servers of different names on one port.
final class NginxServer {
    let port: Int
    private let program: ServerProgram

    init(
        _ folder: TemporaryFolder, _ servers: [(name: String, certificate: TestAuthority.Issued)]
    ) throws {
        let port = try FreePort.find(on: NameServer.address)
        self.port = port
        let path = folder.path
        let blocks = servers.map { name, certificate in
            """
            server {
                listen \(NameServer.address):\(port) ssl;
                server_name \(name);
                ssl_certificate \(certificate.file);
                ssl_certificate_key \(certificate.key);
            }
            """
        }
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
                \(blocks.joined(separator: "\n"))
            }
            """)
        program = try ServerProgram(["/usr/sbin/nginx", "-c", file, "-e", "stderr"])
        try program.waitFor("getrlimit")
    }
}
