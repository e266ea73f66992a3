/// How a Swift member is called on the wire.
public enum WireName {
    /// The snake_case name of a camelCase member: `intervalMs` is `interval_ms`, `requestID` is
    /// `request_id`, `tlsURL` is `tls_url`, `requestIDs` is `request_ids`.
    public static func of(_ member: String) -> String {
        guard member.utf8.contains(where: isUpper) else { return member }
        let letters = Array(member.utf8)
        var name: [UInt8] = []
        name.reserveCapacity(letters.count + 4)
        for place in letters.indices {
            if beginsWord(letters, place) { name.append(UInt8(ascii: "_")) }
            name.append(isUpper(letters[place]) ? letters[place] | 0x20 : letters[place])
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// A camelCase member that would be called so on the wire: `interval_ms` gives `intervalMs`.
    ///
    /// Of several members with that wire name it finds the one without abbreviations in capitals.
    public static func member(of wireName: String) -> String {
        guard wireName.utf8.contains(UInt8(ascii: "_")) else { return wireName }
        var member: [UInt8] = []
        var raise = false
        for letter in wireName.utf8 {
            if letter == UInt8(ascii: "_"), !member.isEmpty {
                raise = true
            } else {
                member.append(raise && 0x61...0x7A ~= letter ? letter & 0xDF : letter)
                raise = false
            }
        }
        return String(decoding: member, as: UTF8.self)
    }

    /// A capital begins a word after a small letter or digit, and as the last of several capitals
    /// when a small letter follows, unless that letter is the plural s of an abbreviation.
    private static func beginsWord(_ letters: [UInt8], _ place: Int) -> Bool {
        guard isUpper(letters[place]), place > 0, letters[place - 1] != UInt8(ascii: "_") else {
            return false
        }
        guard isUpper(letters[place - 1]) else { return true }
        guard place + 1 < letters.count, isLower(letters[place + 1]) else { return false }
        let isPlural =
            letters[place + 1] == UInt8(ascii: "s")
            && (place + 2 == letters.count || !isLower(letters[place + 2]))
        return !isPlural
    }

    private static func isUpper(_ letter: UInt8) -> Bool { 0x41...0x5A ~= letter }

    private static func isLower(_ letter: UInt8) -> Bool { 0x61...0x7A ~= letter }
}
