internal import CWebSockets
internal import Glibc
internal import OpsJSONRPC

/// The certificate, its key, and the certificates of clients, on the disk.
struct CertificateFiles: Sendable {
    let certificate: String
    let key: String
    let clientCa: String?

    init(_ settings: TLSSettings) {
        certificate = settings.certificate
        key = settings.key
        clientCa = settings.clientCa
    }

    /// Reads all of them without using them.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` whose field is the file that is at fault.
    func check() throws(RPCError) { try load(into: nil) }

    /// Makes a running server use them for the connections to come; on failure it goes on with
    /// what it has.
    func replace(in context: UnsafeMutableRawPointer) throws(RPCError) {
        try check()
        try load(into: context)
    }

    private func load(into context: UnsafeMutableRawPointer?) throws(RPCError) {
        var files = [("certificate", certificate), ("key", key)]
        if let clientCa { files.append(("client_ca", clientCa)) }
        for (name, path) in files where access(path, R_OK) != 0 {
            throw Self.error(name, path, String(cString: strerror(errno)))
        }
        var reason = [CChar](repeating: 0, count: 256)
        let fault = opsw_tls_load(context, certificate, key, clientCa, &reason, reason.count)
        let text = reason.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch fault {
        case 0: return
        case 4: throw Self.error("key", key, "it does not belong to the certificate")
        default:
            let (name, path) = files[min(Int(fault), files.count) - 1]
            throw Self.error(name, path, text)
        }
    }

    private static func error(_ field: String, _ path: String, _ reason: String) -> RPCError {
        .invalidParams(
            "TLS can't be used.",
            fields: [RPCError.FieldError(path: field, reason: "\(path): \(reason)")])
    }
}
