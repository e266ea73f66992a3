internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Turns results into samples: `check_state`, `check_duration_seconds`, `check_value`, and what a
/// probe names itself.
final class CheckMetrics: Sendable {
    private let series: Series
    private let logger: Logger
    private let hasComplained = Guarded(false)

    init(_ series: Series, logger: Logger) {
        self.series = series
        self.logger = logger
    }

    /// How many new series a check may bring within an hour: labels that never repeat would fill
    /// the store and take the room of all others.
    static let maxNewSeries = 1000

    /// The new series of this hour, by check.
    private struct NewSeries {
        var since = Instant(milliseconds: 0)
        var counts: [String: Int] = [:]

        /// Counts one more, unless the check has had all that it may.
        mutating func admit(_ check: String, at now: Instant) -> Bool {
            // A clock that was set back begins a new hour as well.
            if now < since || now >= since + .seconds(3600) { self = NewSeries(since: now) }
            guard counts[check, default: 0] < CheckMetrics.maxNewSeries else { return false }
            counts[check, default: 0] += 1
            return true
        }
    }

    private let newSeries = Guarded(NewSeries())

    /// Appends a result's samples; every one carries the check's name as the label `check`.
    ///
    /// - Returns: What was not stored and why; nil when all was.
    func record(_ result: CheckResult, of check: String, at instant: Instant) -> String? {
        var samples: [(SeriesHandle, Double)] = []
        var refused = 0
        for metric in Self.metrics(of: result, check) where metric.value.isFinite {
            let labels = Labels(metric.labels)
            if let handle = series.knownHandle(metric.name, labels) {
                samples.append((handle, metric.value))
            } else if newSeries.withLock({ $0.admit(check, at: instant) }) {
                do {
                    samples.append((try series.handle(metric.name, labels), metric.value))
                } catch {
                    complain(error)
                }
            } else {
                refused += 1
            }
        }
        series.append(samples, at: instant)
        guard refused > 0 else { return nil }
        return "\(Readable.count(refused, "value")) not stored, \(Self.maxNewSeries) new series are "
            + "the most that a check may bring within an hour"
    }

    /// Stores what was scraped, NaN and infinities included, on a worker thread where it is much.
    ///
    /// - Returns: What was not stored and why; nil when all was.
    func store(_ scrape: Scrape, of check: String, on loop: EventLoop) async -> String? {
        guard scrape.samples.count > Self.portion else { return store(scrape, of: check) }
        do {
            return try await loop.workers.run { self.store(scrape, of: check) }
        } catch {
            return "nothing was stored: \(error)"
        }
    }

    /// So many samples are handed over at once: others append under the same lock.
    private static let portion = 500

    private func store(_ scrape: Scrape, of check: String) -> String? {
        var refused = 0
        var reason: SeriesError?
        var rest = scrape.samples[...]
        while !rest.isEmpty {
            var samples: [(SeriesHandle, Double)] = []
            samples.reserveCapacity(Self.portion)
            for sample in rest.prefix(Self.portion) {
                do throws(SeriesError) {
                    let handle = try sample.series.handle(in: series, of: check)
                    if let timestamp = sample.timestamp {
                        series.append(handle, sample.value, at: Instant(milliseconds: timestamp))
                    } else {
                        samples.append((handle, sample.value))
                    }
                } catch {
                    refused += 1
                    reason = reason ?? error
                }
            }
            series.append(samples, at: scrape.at)
            rest = rest.dropFirst(Self.portion)
        }
        return reason.map { "\(Readable.count(refused, "sample")) refused: \($0)" }
    }

    /// A result as samples.
    static func metrics(of result: CheckResult, _ check: String) -> [Metric] {
        var metrics = [
            Metric("check_state", ["check": check], result.state.code),
            Metric("check_duration_seconds", ["check": check], result.duration.seconds),
        ]
        for measurement in result.measurements {
            guard let value = measurement.value else { continue }
            var labels = ["check": check, "label": measurement.label]
            if !measurement.unit.isEmpty { labels["unit"] = measurement.unit }
            metrics.append(Metric("check_value", labels, value))
        }
        for var metric in result.metrics {
            metric.labels["check"] = check
            metrics.append(metric)
        }
        return metrics
    }

    /// Says once that series are refused; with every result it would be a flood.
    private func complain(_ error: SeriesError) {
        let isFirst = hasComplained.withLock { said in
            defer { said = true }
            return !said
        }
        guard isFirst else { return }
        logger.error("metrics of checks are refused", metadata: ["error": "\(error)"])
    }
}

extension CheckState {
    /// The state as a number, as Nagios plugins exit with it.
    fileprivate var code: Double {
        switch self {
        case .ok: 0
        case .warning: 1
        case .critical: 2
        case .unknown, .pending: 3
        }
    }
}
