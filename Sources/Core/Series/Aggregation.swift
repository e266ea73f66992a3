/// How the samples of one bucket become one number; NaN is left out by all of them.
public enum Aggregation: Sendable, Hashable {
    /// The mean.
    case avg
    /// The smallest.
    case min
    /// The largest.
    case max
    /// The sum.
    case sum
    /// How many there are.
    case count
    /// The newest.
    case last
    /// How fast a counter grew, per second. A counter that falls was reset and starts from zero.
    case rate
    /// The value below which the given share (0 to 1) lies, interpolated between neighbours.
    case quantile(Double)

    /// The names that `init(named:quantile:)` knows.
    public static let names = ["avg", "min", "max", "sum", "count", "last", "rate", "quantile"]

    /// Finds an aggregation by its name on the wire.
    ///
    /// - Throws: a `SeriesError` for an unknown name, and for a quantile without its share.
    public init(named name: String, quantile: Double? = nil) throws(SeriesError) {
        switch name {
        case "avg": self = .avg
        case "min": self = .min
        case "max": self = .max
        case "sum": self = .sum
        case "count": self = .count
        case "last": self = .last
        case "rate": self = .rate
        case "quantile": self = .quantile(try Self.share(quantile))
        default:
            throw SeriesError(
                .invalidQuery, "There is no aggregation called \"\(name)\"",
                hint: "use one of \(Self.names.joined(separator: ", "))")
        }
    }

    /// Refuses a quantile whose share is outside of 0 to 1.
    func validate() throws(SeriesError) {
        if case .quantile(let share) = self { _ = try Self.share(share) }
    }

    private static func share(_ quantile: Double?) throws(SeriesError) -> Double {
        guard let quantile, (0...1).contains(quantile) else {
            throw SeriesError(
                .invalidQuery, "The aggregation \"quantile\" needs a share from 0 to 1",
                hint: "0.95 is the value below which 95 percent lie")
        }
        return quantile
    }
}
