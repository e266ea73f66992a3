/// Certificates for `localhost`, made by the openssl program.
enum TestCertificate {
    /// Makes one that ends in so many days; -1, the lowest that openssl takes, ended yesterday.
    static func make(in folder: TemporaryFolder, days: Int) throws -> WebServer.Certificate {
        let made = WebServer.Certificate(
            file: "\(folder.path)/server.pem", key: "\(folder.path)/server.key")
        let request = "\(folder.path)/server.csr"
        try ServerProgram.run([
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", made.key, "-out", request, "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
        ])
        try ServerProgram.run([
            "openssl", "x509", "-req", "-in", request, "-signkey", made.key, "-days", "\(days)",
            "-copy_extensions", "copyall", "-out", made.file,
        ])
        return made
    }
}
