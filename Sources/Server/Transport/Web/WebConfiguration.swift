internal import CWebSockets
internal import Glibc
internal import OpsCore
public import OpsJSONRPC
public import OpsTransport

/// What `server.http` asks for, checked as far as that goes without touching the network.
public struct WebConfiguration: Sendable {
    let settings: WebSettings
    let addresses: [ListenAddress]
    let tls: TLSSettings?
    /// The limits of messages, which are the same on every way in.
    let limits: ServerSettings

    /// Whether there is anything to listen on.
    public var isEnabled: Bool { !addresses.isEmpty }

    /// Reads the settings and checks the files that they name.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` whose fields name every member that is wrong.
    public init(_ json: JSON, limits: ServerSettings) throws(RPCError) {
        guard json.object != nil else { throw Self.wrong([("", "must be an object")]) }
        settings = try FieldSet(WebSettings.self).decode(json)
        self.limits = limits
        tls = try settings.tls.map { json throws(RPCError) in try Self.tls(json) }
        var wrong: [(String, String)] = []
        var addresses: [ListenAddress] = []
        for (index, text) in settings.listen.enumerated() {
            guard let address = ListenAddress(text) else {
                wrong.append(
                    ("listen[\(index)]", "\(text) is no numeric address with a port"))
                continue
            }
            if !address.isLoopback, tls == nil {
                wrong.append(
                    ("listen[\(index)]", "\(text) is not a loopback address, so it needs tls"))
            }
            addresses.append(address)
        }
        self.addresses = addresses
        guard wrong.isEmpty else { throw Self.wrong(wrong) }
    }

    private static func tls(_ json: JSON) throws(RPCError) -> TLSSettings {
        do throws(RPCError) {
            guard json.object != nil else { throw Self.wrong([("", "must be an object")]) }
            let settings = try FieldSet(TLSSettings.self).decode(json)
            try CertificateFiles(settings).check()
            return settings
        } catch {
            throw wrong(error.fields.map { ("tls." + $0.path, $0.reason) })
        }
    }

    private static func wrong(_ fields: [(String, String)]) -> RPCError {
        .invalidParams(
            "The settings do not fit.",
            fields: fields.map {
                RPCError.FieldError(
                    path: $0.0.hasSuffix(".") ? String($0.0.dropLast()) : $0.0, reason: $0.1)
            })
    }

    var messageLimits: MessageLimits {
        MessageLimits(maxDepth: limits.maxDepth, maxBatch: limits.maxBatch)
    }
}
