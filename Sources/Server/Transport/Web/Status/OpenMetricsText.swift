/// Measurements as text in the format OpenMetrics 1.0, which Prometheus reads.
struct OpenMetricsText {
    /// What a family's numbers mean.
    enum Kind: String {
        case counter, gauge, histogram, info, stateset
    }

    /// What goes with the text.
    static let mediaType =
        "application/openmetrics-text; version=1.0.0; charset=utf-8"

    private var text = ""
    private var family = ""
    private var kind = Kind.gauge

    /// Begins a family; its samples follow.
    ///
    /// A unit is the end of the name, as the format wants it.
    mutating func begin(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String) {
        family = name
        self.kind = kind
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(Self.escaped(help))\n"
    }

    /// Adds a sample of the family; a counter's name gets its ending by itself.
    mutating func add(_ value: Double, _ labels: [(String, String)] = []) {
        let ending = kind == .counter ? "_total" : kind == .info ? "_info" : ""
        add(ending, value, labels)
    }

    /// Adds a whole family with one sample.
    mutating func add(
        _ name: String, _ kind: Kind, unit: String? = nil, _ help: String, _ value: Double
    ) {
        begin(name, kind, unit: unit, help)
        add(value)
    }

    /// Adds a histogram of the family; the last bucket is the infinite one and holds all.
    mutating func add(
        buckets: [(le: Double, count: UInt64)], sum: Double, _ labels: [(String, String)]
    ) {
        for bucket in buckets {
            add("_bucket", Double(bucket.count), labels + [("le", Self.number(bucket.le))])
        }
        add("_count", Double(buckets.last?.count ?? 0), labels)
        add("_sum", sum, labels)
    }

    private mutating func add(_ ending: String, _ value: Double, _ labels: [(String, String)]) {
        text += family + ending
        if !labels.isEmpty {
            let all = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            text += "{" + all.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// The whole text with the line that says that it is whole.
    var finished: [UInt8] { Array((text + "# EOF\n").utf8) }

    private static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
