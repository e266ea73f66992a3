internal import OpsCore

/// What a `tls` check asks for.
struct TLSRequest: Sendable {
    var host: String
    var port: Int
    var startTLS: StartTLS?
    /// What the certificate must be for.
    var name: String
    var caFile: String?

    /// The name that is sent, so that a server with many certificates picks one; an address is none.
    var sentName: String? { IPAddress(name) == nil ? name : nil }
}
