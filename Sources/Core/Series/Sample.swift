/// One measured value at one instant.
///
/// Two samples are equal when their bits are: a NaN equals the same NaN, and `0` differs from `-0`.
struct Sample: Sendable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z; may be negative.
    var at: Int64
    var value: Double

    static func == (left: Sample, right: Sample) -> Bool {
        left.at == right.at && left.value.bitPattern == right.value.bitPattern
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.at)
        hasher.combine(self.value.bitPattern)
    }
}
