import Foundation
import TestClient

/// An authority, a server and clients, made anew for a test.
struct Certificates {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try makeAuthority("ca")
        try makeAuthority("stranger")
        try makeServer()
        try sign("client", by: "ca", name: "client")
        try sign("other", by: "stranger", name: "client")
    }

    func path(_ name: String) -> String { folder.file(name) }

    /// Replaces the server's certificate and key by new ones.
    func renewServer() throws { try makeServer() }

    private func makeServer() throws {
        try sign(
            "server", by: "ca", name: "localhost",
            extra: "subjectAltName=DNS:localhost,IP:127.0.0.1")
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    ]

    private func makeAuthority(_ name: String) throws {
        try openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)"] + Self.newKey
                + ["-keyout", path("\(name).key"), "-out", path("\(name).pem")])
    }

    private func sign(
        _ file: String, by authority: String, name: String,
        extra: String = "basicConstraints=CA:FALSE"
    ) throws {
        let request = path("\(file).csr")
        try openssl(
            ["req", "-subj", "/CN=\(name)"] + Self.newKey
                + ["-keyout", path("\(file).key"), "-out", request])
        try folder.write(extra, to: "extensions")
        try openssl([
            "x509", "-req", "-days", "2", "-in", request, "-CA", path("\(authority).pem"), "-CAkey",
            path("\(authority).key"), "-CAcreateserial", "-extfile", path("extensions"), "-out",
            path("\(file).pem"),
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestFailure("openssl \(arguments.joined(separator: " "))")
        }
    }
}
