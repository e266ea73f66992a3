extension Duration {
    /// The duration in nanoseconds; negative ones count as zero, enormous ones as 200 years.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return min(seconds, 6_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
