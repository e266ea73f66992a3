internal import OpsCore

/// Holds scrape after scrape against assertions.
///
/// What was bad and is gone has not recovered: an assertion that a series did not fulfil waits until
/// that series is there again. NaN is no figure, so a series that becomes NaN is gone as well.
struct AssertionMemory: Sendable {
    /// Labels that never repeat leave more behind than is worth to be remembered; as long as one is
    /// remembered, nothing has recovered.
    static let maxGone = 1000

    private let assertions: [ReadyScrapeAssertion]
    /// The series that did not fulfil an assertion when they were last there.
    private var bad: [Set<SeriesKey>]

    init(_ assertions: [ReadyScrapeAssertion]) {
        self.assertions = assertions
        bad = assertions.map { _ in [] }
    }

    /// Which of the assertions are about a series.
    func indices(for series: ExpositionSeries) -> [Int] {
        assertions.indices.filter { assertions[$0].test.selects(series) }
    }

    /// What is wrong with a scrape.
    mutating func judge(_ samples: [Scrape.Sample]) -> [ScrapeReading.Finding] {
        guard !assertions.isEmpty else { return [] }
        var values = assertions.map { _ in [SeriesKey: Double]() }
        for sample in samples where !sample.value.isNaN {
            for index in sample.series.assertions {
                values[index][sample.series.key] = sample.value
            }
        }
        return assertions.indices.flatMap { index in
            judge(values[index], by: index).map { finding in
                var finding = finding
                finding.words = "assertions[\(index)]: \(finding.words)"
                return finding
            }
        }
    }

    private mutating func judge(
        _ values: [SeriesKey: Double], by index: Int
    ) -> [ScrapeReading.Finding] {
        let assertion = assertions[index]
        let complaints = values.compactMapValues { assertion.complaint(about: $0) }
        let gone = Set(bad[index].lazy.filter { values[$0] == nil }.prefix(Self.maxGone))
        bad[index] = gone.union(complaints.keys)
        var findings = Self.first(complaints.keys).map { key in
            ScrapeReading.Finding(
                state: assertion.state, words: "\(key) \(complaints[key] ?? "")")
        }
        if complaints.count > findings.count {
            let more = complaints.count - findings.count
            findings.append(.init(state: assertion.state, words: "and \(more) more"))
        }
        findings += Self.first(gone).map { key in
            .init(state: .unknown, words: "\(key), which was bad, is gone", isMissing: true)
        }
        if values.isEmpty, gone.isEmpty {
            findings.append(
                .init(state: .unknown, words: "there is no \(assertion.select)", isMissing: true))
        }
        return findings
    }

    /// The line is for a glance.
    private static func first(_ keys: some Sequence<SeriesKey>) -> [SeriesKey] {
        Array(keys.sorted { $0.description < $1.description }.prefix(3))
    }
}

extension LabelTest {
    /// Whether a scraped series is meant.
    func selects(_ series: ExpositionSeries) -> Bool {
        holds(for: series.labels.merging([SeriesKey.nameLabel: series.name]) { $1 })
    }
}
