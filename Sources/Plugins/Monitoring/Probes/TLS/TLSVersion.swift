/// A version of TLS, the oldest first.
enum TLSVersion: String, Codable, CaseIterable, Sendable, Comparable {
    case v10 = "1.0"
    case v11 = "1.1"
    case v12 = "1.2"
    case v13 = "1.3"

    /// The version with the number that goes over the wire; nil for what is none of these.
    init?(number: Int32) {
        let index = Int(number) - 0x0301
        guard Self.allCases.indices.contains(index) else { return nil }
        self = Self.allCases[index]
    }

    static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

extension TLSVersion: CustomStringConvertible {
    /// Such as `TLS 1.3`.
    var description: String { "TLS \(rawValue)" }
}
