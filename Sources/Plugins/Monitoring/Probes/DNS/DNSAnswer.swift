internal import OpsCore

/// Expected answers, as people write them.
enum DNSAnswer {
    /// What is wrong with an expected answer for records of that type, if anything.
    static func problem(_ text: String, _ type: DNSRecordType) -> String? {
        let words = text.split(separator: " ")
        let isNumbered = { (count: Int) in words.prefix(count).allSatisfy { UInt16($0) != nil } }
        switch type {
        case .a:
            return IPAddress(text)?.isIPv6 == false ? nil : "is no IPv4 address"
        case .aaaa:
            return IPAddress(text)?.isIPv6 == true ? nil : "is no IPv6 address"
        case .cname, .ns, .ptr:
            return words.count == 1 ? nil : "is no name"
        case .mx:
            return words.count == 2 && isNumbered(1)
                ? nil : "must be a preference and a name, such as 10 mail.example.org"
        case .srv:
            return words.count == 4 && isNumbered(3)
                ? nil : "must be priority, weight, port and name, such as 0 5 5060 sip.example.org"
        case .soa:
            return words.count == 7 ? nil : "must be two names and five numbers"
        case .caa:
            return words.count >= 3 && UInt8(words[0]) != nil
                ? nil : "must be flags, tag and value, such as 0 issue \"ca.example.org\""
        case .txt:
            return text.isEmpty ? "must not be empty" : nil
        }
    }

    /// The form in which ``DNSReader`` writes the same answer.
    static func normalized(_ text: String, _ type: DNSRecordType) -> String {
        switch type {
        case .a, .aaaa:
            return IPAddress(text)?.description ?? text
        case .txt, .caa:
            return text
        case .cname, .mx, .ns, .ptr, .soa, .srv:
            let words = text.lowercased().split(separator: " ")
            return words.map { $0.last == "." ? String($0.dropLast()) : String($0) }
                .joined(separator: " ")
        }
    }
}
