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
        var since: Duration?
        var counts: [String: Int] = [:]

        /// Counts one more, unless the check has had all that it may.
        mutating func admit(_ check: String, at uptime: Duration) -> Bool {
            let isOver = since.map { uptime >= $0 + .seconds(3600) } ?? true
            if isOver { self = NewSeries(since: uptime) }
            guard counts[check, default: 0] < CheckMetrics.maxNewSeries else { return false }
            counts[check, default: 0] += 1
            return true
        }
    }

    private let newSeries = Guarded(NewSeries())

    /// What became of a result's samples.
    struct Recorded {
        /// Their series, to be known the next time.
        var series: KnownSeries?
        /// What was not stored and why; nil when all was.
        var refusal: String?
    }

    /// Appends a result's samples; every one carries the check's name as the label `check`.
    ///
    /// - Parameters:
    ///   - uptime: What time it is for the limit of new series, whatever the result says of itself.
    ///   - known: The series of the check's last result, if they are known.
    func record(
        _ result: CheckResult, of check: @autoclosure () -> String, at instant: Instant,
        uptime: Duration, known: KnownSeries? = nil
    ) -> Recorded {
        if let known, let samples = known.samples(of: result) {
            series.append(samples, at: instant)
            return Recorded(series: known)
        }
        let check = check()
        var refused = 0
        let found = KnownSeries(of: result, check) { name, labels in
            if let handle = series.knownHandle(name, labels) { return handle }
            guard newSeries.withLock({ $0.admit(check, at: uptime) }) else {
                refused += 1
                return nil
            }
            do throws(SeriesError) {
                return try series.handle(name, labels)
            } catch {
                complain(error)
                return nil
            }
        }
        series.append(found.samples(of: result) ?? [], at: instant)
        var recorded = Recorded(series: found.isComplete ? found : nil)
        if refused > 0 {
            recorded.refusal =
                "\(Readable.count(refused, "value")) not stored, \(Self.maxNewSeries) new series "
                + "are the most that a check may bring within an hour"
        }
        return recorded
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
