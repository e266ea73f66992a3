internal import Glibc
internal import OpsCore
internal import OpsJSONRPC

/// What a check remembers from scrape to scrape, so that the next one costs little.
///
/// An exporter says the same names and labels in the same order again and again. So the text of a
/// series is compared with the one that stood there last time; only where it differs is it looked
/// up, and only what was never met is read and held against the rules.
struct ScrapeMemory: Sendable {
    /// A text of name and labels, and what it stands for.
    private final class Entry: Sendable {
        let text: [UInt8]
        /// Nil when the rules drop it.
        let series: ScrapedSeries?

        init(_ text: [UInt8], _ series: ScrapedSeries?) {
            self.text = text
            self.series = series
        }

        func isText(_ other: UnsafeRawBufferPointer) -> Bool {
            guard text.count == other.count, let start = other.baseAddress else { return false }
            return memcmp(text, start, text.count) == 0
        }
    }

    /// How far ahead of our clock a sample may lie, as in Prometheus.
    static let maxAhead = Duration.seconds(600)
    /// How far behind our clock a sample may lie: every day that has some costs a block, and what
    /// is older is history to be imported.
    static let maxBehind = Duration.seconds(86_400)
    /// How long series are counted before the count begins anew.
    static let countingTime = Duration.seconds(3600)

    private let rules: ScrapeRules
    /// The entries of the last scrape in their order, and where each text stands.
    private var entries: [Entry] = []
    private var places: [[UInt8]: Int] = [:]
    private var known: [SeriesKey: ScrapedSeries] = [:]
    private var scrapes = 0
    /// The series of this hour, by their hashes.
    private var counted: Set<Int> = []
    private var countingSince: Duration?

    private var asserted: AssertionMemory

    init(_ rules: ScrapeRules) {
        self.rules = rules
        asserted = AssertionMemory(rules.assertions)
    }

    /// Reads an exposition: all of it, or nothing.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ format: ExpositionFormat, at now: Instant,
        uptime: Duration
    ) throws(ScrapeRefusal) -> ScrapeReading {
        scrapes += 1
        var attempt = Attempt(
            number: scrapes, latest: (now + Self.maxAhead).milliseconds,
            earliest: (now - Self.maxBehind).milliseconds)
        attempt.reading.samples.reserveCapacity(entries.count)
        attempt.entries.reserveCapacity(entries.count)
        var parser = ExpositionParser(bytes, format)
        while let sample = try Self.next(&parser) {
            attempt.reading.scraped += 1
            // What is refused for its number is counted, but not remembered.
            guard attempt.reading.samples.count <= rules.limits.samples else { continue }
            let entry = try entry(.init(rebasing: bytes[sample.series]), &attempt, parser)
            if let series = entry.series {
                attempt.take(sample, series, honorsTimestamps: rules.honorsTimestamps)
            }
        }
        try refuse(attempt, at: uptime)
        remember(attempt)
        attempt.reading.findings = asserted.judge(attempt.reading.samples)
        return attempt.reading
    }

    private static func next(
        _ parser: inout ExpositionParser
    ) throws(ScrapeRefusal) -> ExpositionSample? {
        do throws(ExpositionError) {
            return try parser.next()
        } catch {
            throw .malformed(error)
        }
    }

    // MARK: - Looking a text up

    private func entry(
        _ text: UnsafeRawBufferPointer, _ attempt: inout Attempt, _ parser: ExpositionParser
    ) throws(ScrapeRefusal) -> Entry {
        let entry: Entry
        if attempt.next < entries.count, entries[attempt.next].isText(text) {
            entry = entries[attempt.next]
            attempt.next += 1
        } else if let place = places[Array(text)] {
            entry = entries[place]
            attempt.next = place + 1
            attempt.isInOrder = false
        } else {
            entry = try learn(text, &attempt, parser)
            attempt.isInOrder = false
        }
        attempt.entries.append(entry)
        return entry
    }

    private func learn(
        _ text: UnsafeRawBufferPointer, _ attempt: inout Attempt, _ parser: ExpositionParser
    ) throws(ScrapeRefusal) -> Entry {
        let scraped: ExpositionSeries
        do throws(ExpositionSeries.Malformed) {
            scraped = try ExpositionSeries(parsing: text)
        } catch {
            throw .malformed(parser.failure(error.reason))
        }
        guard let series = rules.applied(to: scraped) else { return Entry(Array(text), nil) }
        if let complaint = rules.limits.complaint(about: series) {
            throw .beyondLimit("line \(parser.line): \(complaint)")
        }
        let key = SeriesKey(name: series.name, labels: Labels(series.labels))
        let target =
            known[key] ?? attempt.learnt[key]
            ?? ScrapedSeries(key, assertions: asserted.indices(for: series))
        attempt.learnt[key] = target
        return Entry(Array(text), target)
    }

    // MARK: - At the end

    private mutating func refuse(
        _ attempt: Attempt, at uptime: Duration
    ) throws(ScrapeRefusal) {
        let limits = rules.limits
        guard attempt.reading.samples.count <= limits.samples else {
            throw .beyondLimit(
                "of its \(attempt.reading.scraped) samples more than \(limits.samples) are to be "
                    + "stored, which is sample_limit")
        }
        if countingSince.map({ uptime - $0 >= Self.countingTime }) ?? true {
            countingSince = uptime
            counted = Set(known.keys.map(\.hashValue))
        }
        let new = Set(attempt.learnt.keys.map(\.hashValue)).subtracting(counted)
        guard counted.count + new.count <= limits.series else {
            throw .beyondLimit(
                "with it there are \(counted.count + new.count) different series within an hour"
                    + ", and series_limit is \(limits.series)")
        }
        counted.formUnion(new)
    }

    private mutating func remember(_ attempt: Attempt) {
        guard !attempt.isInOrder || attempt.next < entries.count else { return }
        entries = attempt.entries
        places = Dictionary(
            entries.enumerated().map { ($1.text, $0) }, uniquingKeysWith: { first, _ in first })
        known = Dictionary(
            entries.compactMap { entry in entry.series.map { ($0.key, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// A scrape that is being read, and counts only when it is read to the end.
    private struct Attempt {
        let number: Int
        /// The latest timestamp that is taken, and the earliest.
        let latest: Int64
        let earliest: Int64
        var reading = ScrapeReading()
        var entries: [Entry] = []
        var learnt: [SeriesKey: ScrapedSeries] = [:]
        /// Where in the last scrape's entries the next text is expected.
        var next = 0
        /// Whether every text stood where it was expected.
        var isInOrder = true
        /// The timestamps of series that come more than once.
        var timestamps: [SeriesKey: Set<Int64?>] = [:]

        mutating func take(
            _ sample: ExpositionSample, _ series: ScrapedSeries, honorsTimestamps: Bool
        ) {
            let timestamp = honorsTimestamps ? sample.timestamp : nil
            if let timestamp, timestamp > latest {
                reading.early += 1
            } else if let timestamp, timestamp < earliest {
                reading.late += 1
            } else if isNew(timestamp, series) {
                reading.samples.append(
                    Scrape.Sample(series: series, value: sample.value, timestamp: timestamp))
            } else {
                reading.repeated += 1
                reading.firstRepeated = reading.firstRepeated ?? series.key.description
            }
        }

        /// Whether this scrape has no sample of the series and the time yet; the first one counts.
        private mutating func isNew(_ timestamp: Int64?, _ series: ScrapedSeries) -> Bool {
            if series.lastScrape != number {
                series.lastScrape = number
                series.firstTimestamp = timestamp
                return true
            }
            guard timestamp != series.firstTimestamp else { return false }
            return timestamps[series.key, default: []].insert(timestamp).inserted
        }
    }
}
