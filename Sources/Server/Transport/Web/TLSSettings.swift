public import OpsCore

/// The files that TLS needs, under `server.http.tls` in `plugins.json`.
public struct TLSSettings: Declared {
    /// The certificate.
    @Param("The certificate with its chain, a PEM file.")
    public var certificate: String
    /// Its key.
    @Param("The certificate's key, a PEM file.")
    public var key: String
    /// Whose certificates clients must have.
    @Param("Certificates whose clients may connect, a PEM file; clients then need a certificate.")
    public var clientCa: String?

    /// Makes settings to be filled in.
    public init() {}
}
