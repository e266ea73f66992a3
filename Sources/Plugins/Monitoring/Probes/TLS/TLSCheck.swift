internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Shakes hands with a TLS server and judges its certificates.
struct TLSCheck: CheckKind {
    static let kind = "tls"
    static let summary =
        "Shakes hands by TLS and looks at the certificates, the version and the time."

    @Param("The name or address to connect to.", .positional, .length(1...255))
    var host: String
    @Param(
        "The port to connect to; 443 or that of starttls when left out.", .positional,
        .present(.range(1...65_535)))
    var port: Int?
    @Param(
        "The name that the certificate must be for, if it is not that of host.",
        .present(.length(1...255)))
    var serverName: String?
    @Param("The protocol that is spoken before TLS, when TLS is not spoken from the start.")
    var starttls: StartTLS?
    @Param("Whether the server's certificate must be valid.")
    var verifyTLS = true
    @Param("A file of certificates to trust instead of the system's, by its full path.")
    var caFile: String?
    @Param("A warning when the certificate ends within so many days.", .range(0...3650))
    var certWarningDays = 14
    @Param("Critical when the certificate ends within so many days.", .range(0...3650))
    var certCriticalDays = 3
    @Param("The oldest version of TLS that is well.")
    var minTLSVersion = TLSVersion.v12
    @Param(
        "A regular expression that must stand for the name of the cipher.",
        .present(.length(1...1000)), .example(".*GCM.*"))
    var expectCipherRegex: String?
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?

    func validate() throws(RPCError) {
        try refuse(
            Limits(warning: Double(certCriticalDays), critical: Double(certWarningDays))
                .problems("cert_critical_days", "cert_warning_days")
                + cipherProblems + slowness.problems("slow_warning_ms", "slow_critical_ms")
                + (caFile.map { $0.hasPrefix("/") } == false
                    ? [RPCError.FieldError(path: "ca_file", reason: "must be a full path")] : []))
    }

    private var cipherProblems: [RPCError.FieldError] {
        do throws(PatternError) {
            _ = try cipher
            return []
        } catch {
            return [
                RPCError.FieldError(
                    path: "expect_cipher_regex", reason: "is no pattern: \(error)")
            ]
        }
    }

    private var cipher: Pattern? {
        get throws(PatternError) {
            guard let expectCipherRegex else { return nil }
            return try Pattern(expectCipherRegex)
        }
    }

    private var slowness: Limits {
        Limits(warningMs: slowWarningMs, criticalMs: slowCriticalMs)
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        let request = TLSRequest(
            host: host, port: port ?? starttls?.port ?? 443, startTLS: starttls,
            name: serverName ?? host, caFile: caFile)
        return TLSProbe(
            tools, request: request,
            rules: TLSRules(
                target: TCPTarget.tcp(host: host, port: request.port), name: request.name,
                verifies: verifyTLS,
                days: Limits(warning: Double(certWarningDays), critical: Double(certCriticalDays)),
                minVersion: minTLSVersion, cipher: try cipher, seconds: slowness))
    }
}
