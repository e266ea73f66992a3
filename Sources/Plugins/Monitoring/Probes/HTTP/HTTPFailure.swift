internal import CCurl
internal import Glibc

/// Why a request got no complete answer.
struct HTTPFailure: Error, Sendable, Equatable {
    /// A few words without a full stop.
    let reason: String
    /// Whether the check could not look, because it is set up wrongly or was cancelled.
    var isOurs = false

    /// The check was cancelled before it was done.
    static let cancelled = HTTPFailure(reason: "Cancelled", isOurs: true)
}

extension HTTPFailure {
    /// What is known when a transfer has failed.
    struct Evidence {
        var code: CURLcode
        /// libcurl's own words.
        var message: String
        /// The `errno` of the last failed connection.
        var osError: CInt
        /// OpenSSL's verdict about the certificate.
        var verification: Int
        var timings: HTTPTimings
        var size: Int
        var host: String
        var isEncrypted: Bool
    }

    /// Says in plain words what the evidence means.
    init(_ evidence: Evidence) {
        self.init(
            reason: Self.words(evidence), isOurs: evidence.code == CURLE_SSL_CACERT_BADFILE)
    }

    private static func words(_ evidence: Evidence) -> String {
        switch evidence.code {
        case CURLE_COULDNT_RESOLVE_HOST: "Name not found: \(evidence.host)"
        case CURLE_COULDNT_CONNECT: connection(evidence)
        case CURLE_OPERATION_TIMEDOUT: timeout(evidence)
        case CURLE_PEER_FAILED_VERIFICATION: certificate(evidence)
        case CURLE_SSL_CONNECT_ERROR: "TLS handshake failed: \(evidence.message)"
        case CURLE_GOT_NOTHING: "The server closed the connection without an answer"
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM: interruption(evidence)
        case CURLE_TOO_MANY_REDIRECTS: "Too many redirects"
        case CURLE_UNSUPPORTED_PROTOCOL where evidence.message.contains("HTTP/0.9"):
            "The answer is not HTTP"
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            "Redirected to an address that is not http or https"
        case CURLE_WEIRD_SERVER_REPLY: "The answer is not HTTP"
        case CURLE_SSL_CACERT_BADFILE: "Cannot read ca_file"
        default: evidence.message
        }
    }

    private static func connection(_ evidence: Evidence) -> String {
        switch evidence.osError {
        case ECONNREFUSED: "Connection refused by \(evidence.host)"
        case EHOSTUNREACH, ENETUNREACH: "No route to \(evidence.host)"
        case 0: "Cannot connect to \(evidence.host): \(evidence.message)"
        default:
            "Cannot connect to \(evidence.host): \(String(cString: strerror(evidence.osError)))"
        }
    }

    private static func timeout(_ evidence: Evidence) -> String {
        let phase = evidence.timings.phase(isEncrypted: evidence.isEncrypted)
        let progress = evidence.size > 0 ? " (\(Readable.bytes(Double(evidence.size))) so far)" : ""
        return "Timeout after \(Readable.milliseconds(evidence.timings.total)) \(phase)\(progress)"
    }

    private static func interruption(_ evidence: Evidence) -> String {
        evidence.timings.firstByte == 0
            ? "The connection broke before the answer"
            : "The connection broke in the middle of the answer"
                + (evidence.size > 0
                    ? ", after \(Readable.bytes(Double(evidence.size)))" : "")
    }

    /// The numbers are OpenSSL's `X509_V_ERR_...`, whose header this module does not need otherwise.
    private static func certificate(_ evidence: Evidence) -> String {
        switch evidence.verification {
        case 9: "The certificate is not valid yet"
        case 10: "The certificate has expired"
        case 18, 19: "The certificate is self-signed"
        case 2, 20, 21: "The certificate is from an unknown authority"
        case 23: "The certificate has been revoked"
        // The chain is in order, or libcurl has not written its verdict down: then it is the name.
        case 0, 1, 62: "The certificate is for another name than \(evidence.host)"
        default: "The certificate is not trusted: \(evidence.message)"
        }
    }
}
