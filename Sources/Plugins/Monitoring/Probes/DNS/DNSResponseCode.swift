/// What a DNS server says about a question as a whole, as far as a check can expect it.
enum DNSResponseCode: String, Codable, CaseIterable, Sendable {
    case noerror
    case formerr
    case servfail
    case nxdomain
    case notimp
    case refused

    /// The number on the wire.
    var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The name that people know for a number, such as `NXDOMAIN`.
    static func name(of number: Int) -> String {
        allCases.indices.contains(number)
            ? allCases[number].rawValue.uppercased() : "response code \(number)"
    }
}
