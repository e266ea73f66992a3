internal import OpsCore
internal import OpsJSONRPC
internal import OpsPattern

/// Sends an HTTP request and judges the answer.
struct HTTPCheck: CheckKind {
    static let kind = "http"
    static let summary = "Sends an HTTP request and looks at status, body, certificate and time."

    @Param(
        "The address to ask, http or https.", .positional, .length(1...2000),
        .example("https://example.org/health"))
    var url: String
    @Param("The method of the request.")
    var method = HTTPMethod.get
    @Param("Headers of the request by name; kept secret, because they may hold a token.", .secret)
    var headers: [String: String] = [:]
    @Param("The body of the request; kept secret.", .secret)
    var body: String?
    @Param("The user for basic authentication.", .present(.length(1...200)))
    var username: String?
    @Param("The password for basic authentication.", .present(.length(0...1000)), .secret)
    var password: String?
    @Param("The statuses that are well: numbers, ranges such as 200-399, or 2xx.", .notEmpty())
    var expectStatus = [ExpectedStatus(200...399)]
    @Param("A text that the body must contain.", .present(.length(1...1000)))
    var expectBody: String?
    @Param(
        "A POSIX extended regular expression that a part of the body must match.",
        .present(.length(1...1000)))
    var expectBodyRegex: String?
    @Param("Whether redirects are followed.")
    var followRedirects = true
    @Param("How many redirects are followed at most.", .range(1...50))
    var maxRedirects = 10
    @Param("Whether the server's certificate must be valid.")
    var verifyTLS = true
    @Param("A file of certificates to trust instead of the system's, by its full path.")
    var caFile: String?
    @Param("A warning when the certificate ends within so many days.", .range(0...3650))
    var certWarningDays = 14
    @Param("Critical when the certificate ends within so many days.", .range(0...3650))
    var certCriticalDays = 3
    @Param("A warning when the answer takes that long.", .present(.atLeast(1)))
    var slowWarningMs: Int?
    @Param("Critical when the answer takes that long.", .present(.atLeast(1)))
    var slowCriticalMs: Int?
    @Param("After how many bytes the body is cut.", .range(1...64 << 20))
    var maxBodyBytes = 1 << 20
    @Param(
        "Whether a connection without TLS may stay open for the next run; with TLS each run connects "
            + "anew, so that the certificate is looked at.")
    var reuseConnection = true

    func validate() throws(RPCError) {
        try refuse(
            HTTPAddress.problems(url) + HTTPHeaders.problems(headers)
                + HTTPLogin.problems(username, password) + patternProblems
                + Limits(warning: Double(certCriticalDays), critical: Double(certWarningDays))
                .problems("cert_critical_days", "cert_warning_days")
                + slowness.problems("slow_warning_ms", "slow_critical_ms")
                + (caFile.map { $0.hasPrefix("/") } == false
                    ? [RPCError.FieldError(path: "ca_file", reason: "must be a full path")] : []))
    }

    private var patternProblems: [RPCError.FieldError] {
        do throws(PatternError) {
            _ = try pattern
            return []
        } catch {
            return [
                RPCError.FieldError(
                    path: "expect_body_regex", reason: "is no pattern: \(error)")
            ]
        }
    }

    private var pattern: Pattern? {
        get throws(PatternError) {
            guard let expectBodyRegex else { return nil }
            return try Pattern(expectBodyRegex, .lines)
        }
    }

    private var slowness: Limits {
        Limits(
            warning: slowWarningMs.map { Double($0) / 1000 },
            critical: slowCriticalMs.map { Double($0) / 1000 })
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        let expectations = HTTPExpectations(
            status: expectStatus, body: expectBody, pattern: try pattern,
            certificateDays: Limits(
                warning: Double(certWarningDays), critical: Double(certCriticalDays)),
            seconds: slowness)
        return HTTPProbe(
            tools, request: request(keepingBody: expectations.needsBody), expectations: expectations
        )
    }

    private func request(keepingBody: Bool) -> HTTPRequest {
        HTTPRequest(
            url: url, method: method,
            headers: HTTPHeaders.lines(headers), body: body.map { Array($0.utf8) },
            login: HTTPLogin(username, password),
            maxRedirects: followRedirects ? maxRedirects : 0, verifiesTLS: verifyTLS,
            caFile: caFile,
            maxBodyBytes: maxBodyBytes, keepsBody: keepingBody, reusesConnection: reuseConnection)
    }
}
