/// What one run of a probe found.
struct CheckResult: Sendable, Equatable {
    var state: CheckState
    /// Whether there was nothing to judge: a value that has vanished, a call that did not come.
    ///
    /// The check's `on_missing` decides then, and `state` only where it says nothing.
    var isMissing = false
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
