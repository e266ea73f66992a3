/// Reads the text of an `Instant`, one field after the other.
struct InstantReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = [UInt8](text.utf8) }

    /// The milliseconds since 1970; nil when the text is not RFC 3339.
    mutating func read() -> Int64? {
        guard let days = date(), take("T") || take("t"), let time = timeOfDay(),
            let offset = offset(), index == bytes.count
        else { return nil }
        return days * 86_400_000 + time - offset
    }

    private mutating func date() -> Int64? {
        guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"),
            let day = number(digits: 2)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        return date.exists ? date.daysSinceEpoch : nil
    }

    private mutating func timeOfDay() -> Int64? {
        guard let hour = number(digits: 2), hour < 24, take(":"),
            let minute = number(digits: 2), minute < 60, take(":"),
            let second = number(digits: 2), second < 60, let fraction = fraction()
        else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    /// Milliseconds after the point; 0 when there is no point.
    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        let start = index
        var value: Int64 = 0
        while let digit = digit() {
            if index - start <= 3 { value = value * 10 + digit }
        }
        let count = index - start
        guard 1...9 ~= count else { return nil }
        return count == 1 ? value * 100 : count == 2 ? value * 10 : value
    }

    /// Milliseconds that the local time is ahead of UTC.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : 1
        guard sign < 0 || take("+"), let hour = number(digits: 2), hour < 24, take(":"),
            let minute = number(digits: 2), minute < 60
        else { return nil }
        return sign * (hour * 60 + minute) * 60_000
    }

    private mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard index < bytes.count, 0x30...0x39 ~= bytes[index] else { return nil }
        defer { index += 1 }
        return Int64(bytes[index] - 0x30)
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }
}
