internal import OpsCore

/// What becomes of the series that a scrape finds: which are kept, and what they are called.
struct ScrapeRules: Sendable {
    /// The labels that every series gets: `instance` and those of the check.
    var labels: [String: String] = [:]
    /// Whether a label of the exposition wins over one of `labels` and over `check`.
    var honorsLabels = false
    var honorsTimestamps = true
    var keep: [LabelTest] = []
    var drop: [LabelTest] = []
    var renamings: [Renaming] = []
    var limits = ScrapeLimits()
    var assertions: [ReadyScrapeAssertion] = []

    /// The label that names the check; it is set when the sample is stored.
    static let checkLabel = "check"

    /// Answers how a series is to be stored; nil when it is not kept.
    func applied(to scraped: ExpositionSeries) -> ExpositionSeries? {
        var series = scraped
        // An empty label is the same as none.
        series.labels = series.labels.filter { !$0.value.isEmpty }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { set(name, value, &series) }
        if !honorsLabels { series.makeRoom(for: Self.checkLabel) }
        guard keep.isEmpty || keep.contains(where: { $0.selects(series) }),
            !drop.contains(where: { $0.selects(series) })
        else { return nil }
        for renaming in renamings { renaming.apply(to: &series) }
        return series
    }

    private func set(_ name: String, _ value: String, _ series: inout ExpositionSeries) {
        if honorsLabels, series.labels[name] != nil { return }
        series.makeRoom(for: name)
        series.labels[name] = value
    }
}
