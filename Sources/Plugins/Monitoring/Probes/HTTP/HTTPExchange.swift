internal import OpsJSONRPC

/// What became of a request.
struct HTTPExchange: Sendable {
    /// Why there is no complete answer; `nil` when there is one.
    var failure: HTTPFailure?
    /// The status of the last answer; 0 when there was none.
    var status = 0
    var timings = HTTPTimings()
    /// How many bytes of the body arrived.
    var size = 0
    /// The body as far as it is wanted; see ``HTTPRequest/keepsBody``.
    var body: [UInt8] = []
    /// The headers of the last answer in their order; see ``HTTPRequest/keepsHeaders``.
    var headers: [HTTPHeader] = []
    /// Whether the body was longer than the request allows, and was cut.
    var isCut = false
    /// How many redirects were followed.
    var redirects = 0
    /// Whether the last answer came over TLS; a redirect can lead there.
    var isEncrypted = false
    /// When the server's own certificate ends; `nil` without TLS.
    var certificateEnd: Instant?

    /// The values of the header of that name, with commas between them; nil when there is none.
    func header(_ name: String) -> String? {
        let name = name.lowercased()
        let values = headers.filter { $0.name.lowercased() == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Whether the body is gzip.
    var isPacked: Bool {
        ["gzip", "x-gzip"].contains(header("content-encoding")?.lowercased())
    }

    /// Whether there is an answer over TLS whose certificate was not seen.
    var lacksCertificate: Bool { failure == nil && isEncrypted && certificateEnd == nil }
}
