/// Writes quantities the way people say them.
enum Readable {
    /// `0.913` is `91 %`; what is nearly full is not called full.
    static func percent(_ ratio: Double) -> String {
        if ratio > 0.99, ratio < 1 { return "\(oneDecimal(min(ratio * 100, 99.9))) %" }
        return "\(whole(ratio * 100)) %"
    }

    /// `1610612736` is `1.5 GiB`.
    static func bytes(_ number: Double) -> String {
        let units = ["", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = number
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        if unit == 0 { return count(Int(value), "byte") }
        return value >= 100
            ? "\(whole(value)) \(units[unit])" : "\(oneDecimal(value)) \(units[unit])"
    }

    /// `3720` seconds are `1 hour`; the largest unit is precise enough for a glance.
    static func age(seconds: Double) -> String {
        for (size, name) in [(86_400.0, "day"), (3_600, "hour"), (60, "minute")]
        where seconds >= size {
            return count(Int(seconds / size), name)
        }
        return count(Int(max(seconds, 0)), "second")
    }

    /// `0.0123` seconds are `12 ms`.
    static func milliseconds(_ seconds: Double) -> String {
        seconds < 0.001 ? "under 1 ms" : "\(whole(seconds * 1000)) ms"
    }

    /// `2` and `day` are `2 days`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// At most two digits behind the point.
    static func twoDecimals(_ value: Double) -> String {
        trimmed((value * 100).rounded() / 100)
    }

    /// Four digits that count: `0.012345` is `0.01235`, `1234.56` is `1235`.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value != value.rounded() else { return whole(value) }
        var (scale, size) = (1.0, abs(value))
        while size < 1000, scale < 1e12 { (scale, size) = (scale * 10, size * 10) }
        return trimmed((value * scale).rounded() / scale)
    }

    private static func oneDecimal(_ value: Double) -> String {
        trimmed((value * 10).rounded() / 10)
    }

    private static func trimmed(_ value: Double) -> String {
        value == value.rounded() ? whole(value) : "\(value)"
    }

    private static func whole(_ value: Double) -> String {
        Int64(exactly: value.rounded()).map { "\($0)" } ?? "\(value)"
    }
}
