internal import OpsCore

/// A series that a check scrapes again and again, looked up in the store once.
///
/// `@unchecked Sendable`: `lastScrape`, `firstTimestamp` and `kept` are touched only by the run of
/// its check, first where the scrape is read, then where it is stored; runs of a check never overlap.
final class ScrapedSeries: @unchecked Sendable {
    /// Without the label that names the check.
    let key: SeriesKey
    /// The number of the scrape in which it was last met.
    var lastScrape = 0
    /// The timestamp with which that scrape met it first.
    var firstTimestamp: Int64?
    private var kept: (check: String, handle: SeriesHandle)?

    /// Which assertions are about it.
    let assertions: [Int]

    init(_ key: SeriesKey, assertions: [Int] = []) {
        self.key = key
        self.assertions = assertions
    }

    /// The place where its samples go; a check that was renamed has another one.
    func handle(in series: Series, of check: String) throws(SeriesError) -> SeriesHandle {
        if let kept, kept.check == check { return kept.handle }
        let handle = try series.handle(key.name, Labels(labels(of: check)))
        kept = (check, handle)
        return handle
    }

    /// The labels with that of the check, unless the exposition has its own and is trusted.
    func labels(of check: String) -> [String: String] {
        key.labels.dictionary.merging([ScrapeRules.checkLabel: check]) { own, _ in own }
    }
}

extension ScrapedSeries: Equatable {
    static func == (left: ScrapedSeries, right: ScrapedSeries) -> Bool { left.key == right.key }
}
