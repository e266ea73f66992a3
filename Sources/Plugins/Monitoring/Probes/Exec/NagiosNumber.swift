/// Reads numbers as Nagios plugins print them: a point, never a comma, no names such as `inf`.
enum NagiosNumber {
    /// Returns the number that `text` begins with, and what follows it.
    static func prefix(of text: Substring) -> (value: Double, rest: Substring)? {
        let bytes = text.utf8
        var end = bytes.startIndex
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+")
        {
            end = bytes.index(after: end)
        }
        let digitsStart = end
        end = skipDigits(bytes, from: end)
        var digits = bytes.distance(from: digitsStart, to: end)
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: ".") {
            let fraction = bytes.index(after: end)
            end = skipDigits(bytes, from: fraction)
            digits += bytes.distance(from: fraction, to: end)
        }
        guard digits > 0 else { return nil }
        end = skipExponent(bytes, from: end)
        guard let value = Double(text[..<end]), value.isFinite else { return nil }
        return (value, text[end...])
    }

    /// Returns the number when it is all of `text`.
    static func parse(_ text: Substring) -> Double? {
        guard let (value, rest) = prefix(of: text), rest.isEmpty else { return nil }
        return value
    }

    private static func skipDigits(
        _ bytes: Substring.UTF8View, from start: Substring.Index
    ) -> Substring.Index {
        bytes[start...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ?? bytes.endIndex
    }

    /// An `e` counts only with digits behind it: `5EB` is five exabytes.
    private static func skipExponent(
        _ bytes: Substring.UTF8View, from start: Substring.Index
    ) -> Substring.Index {
        guard start < bytes.endIndex, bytes[start] | 0x20 == UInt8(ascii: "e") else { return start }
        var digits = bytes.index(after: start)
        if digits < bytes.endIndex,
            bytes[digits] == UInt8(ascii: "-") || bytes[digits] == UInt8(ascii: "+")
        {
            digits = bytes.index(after: digits)
        }
        let end = skipDigits(bytes, from: digits)
        return end > digits ? end : start
    }
}
