internal import OpsCalendar
internal import OpsCore
internal import OpsJSONRPC

extension ParamRule where Value == String {
    /// The text may be a record's name: one line that is no ref of the inventory, which methods
    /// take in the same place.
    static var recordName: Self {
        Self(
            describe: { traits in
                traits.schema["minLength"] = 1
                traits.schema["maxLength"] = 200
            },
            complaint: { name in
                guard 1...200 ~= name.unicodeScalars.count, isOneLine(name) else {
                    return "must be a line of 1 to 200 characters without spaces around it"
                }
                guard let noun = Ref(name)?.noun, RecordKinds.kind(noun) != nil else { return nil }
                return "must not look like a ref, as \"\(name)\" does"
            })
    }

    /// A word in small letters, such as `server` or `network_device`.
    static var word: Self {
        .matching("1 to 60 small letters, digits, _ and -, the first a letter") { text in
            guard 1...60 ~= text.utf8.count, let first = text.utf8.first, isLetter(first) else {
                return false
            }
            return text.utf8.allSatisfy {
                isLetter($0) || 0x30...0x39 ~= $0 || $0 == 0x5f || $0 == 0x2d
            }
        }
    }

    /// An address of a mailbox, roughly: who it belongs to only a mail can tell.
    static var email: Self {
        .matching("an address such as ana@example.org") { text in
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
                && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
        }
    }

    /// A time zone that this machine knows.
    static var timeZone: Self {
        .matching("a time zone such as Europe/Berlin") { KnownTimeZones.contains($0) }
    }

    private static func isOneLine(_ name: String) -> Bool {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        return isPlain && name.first != " " && name.last != " "
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7a ~= byte }
}

/// The time zones that were asked for and found: thousands of records name the same few, and each has
/// a file.
private enum KnownTimeZones {
    private static let names = Guarded<Set<String>>([])

    static func contains(_ name: String) -> Bool {
        if names.withLock({ $0.contains(name) }) { return true }
        guard (try? TimeZone(named: name)) != nil else { return false }
        names.withLock { _ = $0.insert(name) }
        return true
    }
}
