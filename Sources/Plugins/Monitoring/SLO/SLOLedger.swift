internal import OpsJSONRPC

/// What was counted for one SLO, by minutes for six hours, by five minutes for three days, by hours
/// for the whole period: about 30 KB, and any window is a few hundred additions.
///
/// A window ends with a minute, which it includes, and begins with one of its buckets: one of an
/// hour is exact, one of a day up to five minutes longer, a period up to an hour.
struct SLOLedger: Sendable {
    private var tiers: [Tier]

    /// The lengths of the windows that the finer tiers answer.
    static let minuteReach = Duration.seconds(6 * 3600)
    static let fiveReach = Duration.seconds(3 * 86_400)
    static let resolutions: [Duration] = [.seconds(60), .seconds(300), .seconds(3600)]

    init(period: Duration) {
        let reaches = [Self.minuteReach, Self.fiveReach, period]
        tiers = zip(Self.resolutions, reaches).map { Tier(resolution: $0, reach: $1) }
    }

    /// Counts a minute, given by its first instant.
    mutating func add(_ counts: SLOCounts, at minute: Instant) {
        for index in tiers.indices { tiers[index].add(counts, at: minute.milliseconds) }
    }

    /// Fills one resolution from what was stored; for a start.
    mutating func fill(_ counts: SLOCounts, at bucket: Instant, resolution: Duration) {
        guard let index = tiers.firstIndex(where: { $0.resolution == resolution.milliseconds })
        else { return }
        tiers[index].add(counts, at: bucket.milliseconds)
    }

    /// The newest minute that was counted, by its first instant.
    var newest: Instant? { tiers[0].newestStart.map { Instant(milliseconds: $0) } }

    /// What was counted in the window that ends with a minute, given by its first instant.
    func counts(over window: Duration, endingWith minute: Instant) -> SLOCounts {
        let tier = window <= Self.minuteReach ? 0 : window <= Self.fiveReach ? 1 : 2
        let end = minute.milliseconds
        // The minute itself belongs to the window.
        return tiers[tier].sum(from: end + 60_000 - window.milliseconds, to: end)
    }

    /// A ring of buckets of one length.
    private struct Tier: Sendable {
        let resolution: Int64
        private var buckets: [SLOCounts]
        /// The newest bucket, counted from 1970.
        private var newest = Int64.min

        var newestStart: Int64? { newest == .min ? nil : newest * resolution }

        init(resolution: Duration, reach: Duration) {
            self.resolution = resolution.milliseconds
            let count = reach.milliseconds / resolution.milliseconds + 1
            buckets = Array(repeating: .none, count: Int(count))
        }

        mutating func add(_ counts: SLOCounts, at instant: Int64) {
            // An infinite sum would stay one until the whole period is over.
            guard counts.isFinite else { return }
            let bucket = number(of: instant)
            if newest == .min || bucket - newest >= Int64(buckets.count) {
                buckets = Array(repeating: .none, count: buckets.count)
                newest = bucket
            }
            while newest < bucket {
                newest += 1
                buckets[slot(newest)] = .none
            }
            guard newest - bucket < Int64(buckets.count) else { return }
            buckets[slot(bucket)] += counts
        }

        func sum(from start: Int64, to end: Int64) -> SLOCounts {
            guard newest != .min else { return .none }
            let oldest = newest - Int64(buckets.count) + 1
            let range = (max(number(of: start), oldest), min(number(of: end), newest))
            guard range.0 <= range.1 else { return .none }
            var sum = SLOCounts.none
            for bucket in range.0...range.1 { sum += buckets[slot(bucket)] }
            return sum
        }

        private func number(of instant: Int64) -> Int64 {
            let rest = instant % resolution
            return (instant - (rest < 0 ? rest + resolution : rest)) / resolution
        }

        private func slot(_ bucket: Int64) -> Int {
            let rest = Int(bucket % Int64(buckets.count))
            return rest < 0 ? rest + buckets.count : rest
        }
    }
}
