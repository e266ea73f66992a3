/// The type of a family of metrics.
enum ExpositionType: String, Sendable {
    case counter, gauge, histogram, summary, untyped
    case gaugehistogram, stateset, info, unknown

    /// Whether a format knows the word.
    func isKnown(in format: ExpositionFormat) -> Bool {
        switch self {
        case .counter, .gauge, .histogram, .summary: true
        case .untyped: format == .text
        case .gaugehistogram, .stateset, .info, .unknown: format == .openMetrics
        }
    }

    /// What OpenMetrics appends to a family's name for its samples.
    var suffixes: [String] {
        switch self {
        case .counter: ["_total", "_created"]
        case .gauge, .stateset, .unknown, .untyped: [""]
        case .histogram: ["_bucket", "_count", "_sum", "_created"]
        case .gaugehistogram: ["_bucket", "_gcount", "_gsum"]
        case .summary: ["", "_count", "_sum", "_created"]
        case .info: ["_info"]
        }
    }
}
