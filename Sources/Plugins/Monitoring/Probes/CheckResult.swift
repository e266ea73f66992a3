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
    /// What was scraped, to be stored as it is.
    var scrape: Scrape?
    var duration: Duration = .zero
    /// The parts of the run that the probe tells apart, in their order.
    var phases: [Phase] = []
}
