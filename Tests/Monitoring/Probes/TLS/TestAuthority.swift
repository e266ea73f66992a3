@testable import OpsMonitoring

/// Certificates of every kind, made by the openssl program.
struct TestAuthority {
    /// A certificate with its key.
    struct Issued {
        let file: String
        let key: String
    }

    let folder: TemporaryFolder
    let root: Issued

    /// Makes a root for ten years.
    init(in folder: TemporaryFolder) throws {
        self.folder = folder
        root = Issued(file: "\(folder.path)/root.pem", key: "\(folder.path)/root.key")
        try ServerProgram.run(
            ["openssl", "req", "-x509"] + Self.newKey
                + [
                    "-keyout", root.key, "-out", root.file, "-days", "3650", "-subj", "/CN=Root",
                ])
    }

    /// Issues a certificate for so many days; -1, the lowest that openssl takes, ended yesterday.
    ///
    /// `names` are as in `DNS:localhost,IP:127.0.0.1`; nil for an authority.
    func issue(
        _ subject: String, names: String? = nil, days: Int = 90, by issuer: Issued? = nil
    ) throws -> Issued {
        let issuer = issuer ?? root
        let base = "\(folder.path)/\(subject)"
        let made = Issued(file: "\(base).pem", key: "\(base).key")
        let extensions = names.map { "subjectAltName=\($0)" } ?? "basicConstraints=critical,CA:true"
        let rules = try folder.write("\(subject).ext", extensions + "\n")
        try ServerProgram.run(
            ["openssl", "req"] + Self.newKey
                + ["-keyout", made.key, "-out", "\(base).csr", "-subj", "/CN=\(subject)"])
        try ServerProgram.run([
            "openssl", "x509", "-req", "-in", "\(base).csr", "-CA", issuer.file, "-CAkey",
            issuer.key, "-CAcreateserial", "-days", "\(days)", "-extfile", rules, "-out", made.file,
        ])
        return made
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    ]
}
