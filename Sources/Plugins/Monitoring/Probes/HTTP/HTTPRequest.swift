/// One request of an `http` check.
struct HTTPRequest: Sendable {
    var url: String
    var method = HTTPMethod.get
    /// `Name: value` lines.
    var headers: [String] = []
    var body: [UInt8]?
    var login: HTTPLogin?
    /// How many redirects are followed; 0 means none.
    var maxRedirects = 10
    var verifiesTLS = true
    var caFile: String?
    /// After how many bytes the body is cut.
    var maxBodyBytes = 1 << 20
    /// Whether the body is wanted, or only its size.
    var keepsBody = false
    /// Whether the answer's headers are wanted.
    var keepsHeaders = false
    /// Whether a plain connection may stay open for the next check of the same server.
    var reusesConnection = true

    /// Whether the request starts out encrypted.
    var isEncrypted: Bool { url.prefix(6).lowercased() == "https:" }
}
