extension Duration {
    /// The whole nanoseconds, which fit for 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The seconds, as metrics state them.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// A part of this duration, to the nanosecond.
    func scaled(by factor: Double) -> Duration {
        .nanoseconds(Int64(Double(nanoseconds) * factor))
    }
}
