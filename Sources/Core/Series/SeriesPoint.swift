/// One value of an answer, and when it was.
///
/// Written as `[milliseconds, value]`; values that JSON has no number for are the strings
/// `NaN`, `+Inf` and `-Inf`.
public struct SeriesPoint: Sendable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z; of a bucket its start.
    public var at: Int64
    /// The value.
    public var value: Double

    /// Makes a point.
    public init(at: Int64, value: Double) {
        self.at = at
        self.value = value
    }
}

extension SeriesPoint: Codable {
    /// Reads `[milliseconds, value]`.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        self.at = try container.decode(Int64.self)
        if let name = try? container.decode(String.self) {
            // `Double` reads "NaN", "+Inf" and "-Inf" by itself.
            guard let value = Double(name) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\"\(name)\" is not a number")
            }
            self.value = value
        } else {
            self.value = try container.decode(Double.self)
        }
    }

    /// Writes `[milliseconds, value]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(self.at)
        switch self.value {
        case _ where self.value.isNaN: try container.encode("NaN")
        case .infinity: try container.encode("+Inf")
        case -.infinity: try container.encode("-Inf")
        default: try container.encode(self.value)
        }
    }
}
