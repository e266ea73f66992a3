/// Numbers as a person reads them: few digits, and a unit.
enum Figures {
    enum Unit: Equatable {
        case plain, ratio, bytes, bytesPerSecond, seconds
    }

    /// A number with at most `digits` decimals, without trailing zeros.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        let text = fixed(value, digits)
        guard text.contains(".") else { return text }
        var trimmed = text[...]
        while trimmed.last == "0" { trimmed = trimmed.dropLast() }
        return String(trimmed.last == "." ? trimmed.dropLast() : trimmed)
    }

    /// A number with exactly `digits` decimals.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let scale = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let sign = value < 0 && scaled != 0 ? "-" : ""
        let whole = scaled / Int(scale)
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(whole).\(zeros)\(fraction)"
    }

    /// Three significant digits or so: "0.042", "1.25", "87.5", "1234".
    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0"
        case ..<0.001: "\(value)"
        case ..<0.1: decimal(value, 4)
        case ..<10: decimal(value, 2)
        case ..<1000: decimal(value, 1)
        case ..<1_000_000: decimal(value, 0)
        default: scaled(value, 1000, ["M", "G", "T", "P"], from: 1_000_000)
        }
    }

    static func bytes(_ value: Double) -> String {
        if abs(value) < 1024 { return "\(decimal(value, 0)) B" }
        let text = scaled(value, 1024, ["KiB", "MiB", "GiB", "TiB", "PiB"], from: 1024)
        return text
    }

    static func percent(_ ratio: Double) -> String {
        let value = ratio * 100
        return decimal(value, abs(value) < 10 ? 1 : 0) + "%"
    }

    static func text(_ value: Double, _ unit: Unit) -> String {
        switch unit {
        case .plain: short(value)
        case .ratio: percent(value)
        case .bytes: bytes(value)
        case .bytesPerSecond: bytes(value) + "/s"
        case .seconds: seconds(value)
        }
    }

    /// The unit that a metric's name ends with.
    static func unit(ofMetric name: String, isRate: Bool = false) -> Unit {
        if name.hasSuffix("_ratio") { return .ratio }
        if name.hasSuffix("_bytes") || name.hasSuffix("_bytes_total") {
            return isRate ? .bytesPerSecond : .bytes
        }
        return name.hasSuffix("_seconds") ? .seconds : .plain
    }

    private static func seconds(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0s"
        case ..<0.001: decimal(value * 1_000_000, 1) + "µs"
        case ..<1: decimal(value * 1000, 1) + "ms"
        case ..<60: decimal(value, 2) + "s"
        case ..<1e12: TimeText.glance(Int(value * 1000))
        default: short(value) + " s"
        }
    }

    private static func scaled(
        _ value: Double, _ base: Double, _ names: [String], from first: Double
    ) -> String {
        var amount = value / first
        var index = 0
        while abs(amount) >= base, index < names.count - 1 {
            amount /= base
            index += 1
        }
        return "\(decimal(amount, abs(amount) < 10 ? 1 : 0)) \(names[index])"
    }
}
