internal import OpsJSONRPC

/// What follows from a ledger once a minute: computed when a minute was counted, and shown until the
/// next one.
struct SLOFigures: Sendable, Equatable {
    /// How many times faster than allowed the budget burned in an alert's two windows; nil when
    /// nothing was counted in one.
    struct BurnRates: Sendable, Equatable {
        var long: Double?
        var short: Double?

        /// Both windows have to burn, so the slower one counts.
        var slower: Double? {
            guard let long, let short else { return nil }
            return min(long, short)
        }
    }

    /// What was counted in the whole period.
    var counts = SLOCounts.none
    /// For each of ``SLORules/burns``.
    var burns = SLORules.burns.map { _ in BurnRates() }
}

extension SLOFigures {
    init(_ ledger: SLOLedger, _ slo: SLODefinition, endingWith minute: Instant) {
        func rate(_ window: Duration) -> Double? {
            ledger.counts(over: window, endingWith: minute).badShare.map { $0 / slo.budget }
        }
        counts = ledger.counts(over: slo.period, endingWith: minute)
        burns = SLORules.burns.map { BurnRates(long: rate($0.long), short: rate($0.short)) }
    }
}
