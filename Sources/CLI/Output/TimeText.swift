import Glibc
import OpsJSONRPC

/// Times and durations as a person says them, and as a person types them.
enum TimeText {
    private static let units: [(name: String, ms: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// An exact duration: "1m 30s", "250ms", "1.5s".
    static func span(_ ms: Int) -> String {
        if ms < 0 { return "-" + span(-max(ms, -Int.max)) }
        if ms < 1000 { return "\(ms)ms" }
        if ms < 60_000, ms % 1000 != 0 { return Figures.decimal(Double(ms) / 1000, 2) + "s" }
        var rest = ms
        var parts: [String] = []
        for unit in units.dropLast() where rest >= unit.ms {
            parts.append("\(rest / unit.ms)\(unit.name)")
            rest %= unit.ms
        }
        return parts.joined(separator: " ")
    }

    /// A duration at a glance, at most two units: "45s", "3m", "2h 5m", "3d 4h".
    static func glance(_ ms: Int) -> String {
        let seconds = max(0, ms) / 1000
        let minutes = seconds / 60
        let hours = minutes / 60
        let days = hours / 24
        if minutes == 0 { return "\(seconds)s" }
        if hours == 0 { return "\(minutes)m" }
        if days == 0 { return hours < 10 ? joined("\(hours)h", minutes % 60, "m") : "\(hours)h" }
        return days < 10 ? joined("\(days)d", hours % 24, "h") : "\(days)d"
    }

    private static func joined(_ head: String, _ rest: Int, _ unit: String) -> String {
        rest == 0 ? head : "\(head) \(rest)\(unit)"
    }

    /// How long ago, or how soon: "3m ago", "in 45s".
    static func relative(_ instant: Instant, now: Instant) -> String {
        let ms = Int(now.milliseconds - instant.milliseconds)
        if abs(ms) < 1000 { return "now" }
        return ms > 0 ? "\(glance(ms)) ago" : "in \(glance(-ms))"
    }

    /// Reads "10s", "1.5h", "2h30m"; nil when it is no duration with a unit.
    static func milliseconds(_ text: String) -> Int? {
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Double(digits), let unit = unit(String(name)) else { return nil }
            total += number * Double(unit)
        }
        return total < 9e15 ? Int(total.rounded()) : nil
    }

    private static func unit(_ name: String) -> Int? {
        name == "w" ? 7 * 86_400_000 : units.first { $0.name == name }?.ms
    }
}
