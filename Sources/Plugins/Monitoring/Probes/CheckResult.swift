/// What one run of a probe found.
struct CheckResult: Sendable, Equatable {
    var state: CheckState
    /// One line that a person understands without knowing the probe.
    var output: String
    /// Further lines, or empty.
    var longOutput = ""
    var measurements: [Measurement] = []
    /// Samples of series that are stored as they are.
    var metrics: [Metric] = []
    var duration: Duration = .zero
}
