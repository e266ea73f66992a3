internal import OpsCore
internal import OpsJSONRPC

/// Counts good and all out of the series, and keeps what was counted in series again.
struct SLOReader: Sendable {
    /// How far back a counter's last sample is looked for.
    private static let lookback = Duration.seconds(300)
    /// How far back when it is not there; all counters of the indicator are read that far then.
    private static let reach = Duration.seconds(21_600)
    private static let metrics = (good: "slo_good", total: "slo_total", left: "slo_budget_left")

    let series: Series
    let loop: EventLoop

    /// What an indicator counts in a minute; nil for one that is not counted out of series.
    func counts(_ indicator: SLOIndicator, in minute: Instant) async throws -> SLOCounts? {
        let (start, end) = (minute.milliseconds, minute.milliseconds + 60_000)
        switch indicator {
        case .checks: return nil
        case .ratio(let part, let isGood, let total):
            let parts = try await counters(part, in: minute, to: end)
            let all = try await counters(total, in: minute, to: end)
            return try await loop.workers.run {
                SLOCounting.counts(
                    part: SLOCounting.growth(parts, after: start, upTo: end), isGood: isGood,
                    total: SLOCounting.growth(all, after: start, upTo: end))
            }
        case .samples(let select, let condition, let threshold):
            let found = try await samples(select, from: minute, to: end)
            return try await loop.workers.run {
                SLOCounting.samples(found, after: start, upTo: end, condition, threshold)
            }
        }
    }

    /// The samples of counters in a minute, and of each the last one before it.
    ///
    /// Mostly that one lies a few samples back. Where a counter was away for longer, it is looked for
    /// further back: what it grew meanwhile happened, and is counted when it is known.
    private func counters(
        _ select: String, in minute: Instant, to end: Int64
    ) async throws -> [SeriesResult] {
        let near = minute - Self.lookback
        let found = try await samples(select, from: near, to: end)
        let isNew = { (result: SeriesResult) in
            result.points.first.map { $0.at > minute.milliseconds } ?? false
        }
        guard found.contains(where: isNew) else { return found }
        let before = try await series.query(
            SeriesQuery(
                matchers: try SeriesSelector.parse(select).matchers, from: minute - Self.reach,
                to: near - .milliseconds(1), step: Self.reach, aggregation: .last))
        let last = Dictionary(before.map { ($0.key, $0.points.last) }, uniquingKeysWith: { $1 })
        return found.map { result in
            guard isNew(result), let point = last[result.key] ?? nil else { return result }
            let start = SeriesPoint(at: near.milliseconds, value: point.value)
            return SeriesResult(result.key, points: [start] + result.points)
        }
    }

    private func samples(
        _ select: String, from: Instant, to end: Int64
    ) async throws -> [SeriesResult] {
        try await series.query(
            SeriesQuery(
                matchers: try SeriesSelector.parse(select).matchers, from: from,
                to: Instant(milliseconds: end)))
    }

    // MARK: - What was counted

    /// Keeps what was counted in a minute, under the minute's first instant.
    func keep(_ counts: SLOCounts, left: Double?, of slo: StoredSLO, at minute: Instant) throws {
        guard counts.isFinite else { return }
        let labels = Self.labels(slo)
        var samples = [
            (try series.handle(Self.metrics.good, labels), counts.good),
            (try series.handle(Self.metrics.total, labels), counts.total),
        ]
        if let left { samples.append((try series.handle(Self.metrics.left, labels), left)) }
        series.append(samples, at: minute)
    }

    /// An answer has a limit, which is far away for so many SLOs.
    private static let portion = 100

    /// Fills the ledgers of SLOs from what was kept.
    func ledgers(_ slos: [StoredSLO], at now: Instant) async throws -> [Int: SLOLedger] {
        var ledgers: [Int: SLOLedger] = [:]
        var rest = slos[...]
        while !rest.isEmpty {
            let portion = Array(rest.prefix(Self.portion))
            rest = rest.dropFirst(Self.portion)
            ledgers.merge(try await self.ledgers(ofFew: portion, at: now)) { $1 }
        }
        return ledgers
    }

    private func ledgers(
        ofFew slos: [StoredSLO], at now: Instant
    ) async throws -> [Int: SLOLedger] {
        var ledgers = Dictionary(
            uniqueKeysWithValues: slos.map { ($0.id, SLOLedger(period: $0.definition.period)) })
        let period = slos.map(\.definition.period).max() ?? .zero
        let reaches = [SLOLedger.minuteReach, SLOLedger.fiveReach, period]
        for (resolution, reach) in zip(SLOLedger.resolutions, reaches) {
            let step = resolution.milliseconds
            // One bucket more than the reach, and whole ones.
            let first = (now - reach).milliseconds / step * step - step
            let kept = try await kept(of: slos, Instant(milliseconds: first), now, resolution)
            for slo in slos {
                for (at, counts) in kept[Self.labels(slo)] ?? [:] {
                    let bucket = Instant(milliseconds: at)
                    ledgers[slo.id]?.fill(counts, at: bucket, resolution: resolution)
                }
            }
        }
        return ledgers
    }

    private func kept(
        of slos: [StoredSLO], _ from: Instant, _ now: Instant, _ step: Duration
    ) async throws -> [Labels: [Int64: SLOCounts]] {
        let refs = slos.map(\.ref.description).joined(separator: "|")
        let results = try await series.query(
            SeriesQuery(
                matchers: [
                    LabelMatcher(
                        SeriesKey.nameLabel, .matches, "\(Self.metrics.good)|\(Self.metrics.total)"),
                    LabelMatcher("slo", .matches, refs),
                ], from: from, to: now, step: step, aggregation: .sum))
        return try await loop.workers.run {
            var kept: [Labels: [Int64: SLOCounts]] = [:]
            for result in results {
                for point in result.points {
                    if result.name == Self.metrics.good {
                        kept[result.labels, default: [:]][point.at, default: .none].good =
                            point.value
                    } else {
                        kept[result.labels, default: [:]][point.at, default: .none].total =
                            point.value
                    }
                }
            }
            return kept
        }
    }

    private static func labels(_ slo: StoredSLO) -> Labels {
        ["slo": slo.ref.description, "revision": "\(slo.revision)"]
    }
}
