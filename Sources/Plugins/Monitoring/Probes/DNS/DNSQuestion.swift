internal import OpsCore

/// What a `dns` check asks.
struct DNSQuestion: Sendable, Equatable {
    /// Without the last dot; the root's is empty.
    let name: String
    let type: DNSRecordType
    var wantsRecursion = true

    /// Makes a question; an address stands for the name under which its PTR record is found.
    init(_ text: String, _ type: DNSRecordType, wantsRecursion: Bool = true) {
        if type == .ptr, let address = IPAddress(text) {
            name = Self.reverseName(address)
        } else {
            name = text.last == "." ? String(text.dropLast()) : text
        }
        self.type = type
        self.wantsRecursion = wantsRecursion
    }

    /// What is wrong with the name, if anything.
    var problem: String? {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if name.isEmpty { return nil }
        if name.utf8.contains(where: { $0 > 0x7E }) {
            return "must be written in ASCII; a name in another script begins with xn--"
        }
        if name.utf8.contains(where: { $0 <= 0x20 }) { return "must not hold spaces" }
        if labels.contains(where: { $0.isEmpty || $0.count > 63 }) {
            return "must have parts of 1 to 63 characters between its dots"
        }
        return name.utf8.count > 253 ? "must have 253 characters at most" : nil
    }

    private static func reverseName(_ address: IPAddress) -> String {
        guard address.isIPv6 else {
            return address.octets.reversed().map { "\($0)." }.joined() + "in-addr.arpa"
        }
        let digits = address.octets.flatMap { [$0 >> 4, $0 & 15] }
        return digits.reversed().map { "\(String($0, radix: 16))." }.joined() + "ip6.arpa"
    }
}

extension DNSQuestion: CustomStringConvertible {
    /// Such as `MX example.org`.
    var description: String { "\(type.rawValue) \(name.isEmpty ? "." : name)" }
}
