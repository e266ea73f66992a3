internal import OpsCore
internal import OpsJSONRPC

/// An SLO in memory.
struct WatchedSLO: Sendable {
    var stored: StoredSLO
    private(set) var ledger: SLOLedger
    var alerts: [AlertStatus]
    /// The last minute that was counted, by its first instant.
    private(set) var countedUntil: Instant?
    /// The first minute that is still to be counted.
    var next: Instant
    private(set) var figures = SLOFigures()
    var error: String?
    /// What was counted of checks in the minute that is not over.
    var current = SLOCounts.none
    /// By what the checks are found that are counted, and which these are.
    var selector: LabelSelector?
    var checks: [Int]?

    init(_ stored: StoredSLO) {
        self.stored = stored
        next = stored.countedSince.minute
        ledger = SLOLedger(period: stored.definition.period)
        alerts = stored.firingSince.map { since in
            var status = AlertStatus()
            if let since {
                (status.state, status.announced, status.firingSince) = (.firing, .firing, since)
            }
            return status
        }
        if case .checks(let select, _, _) = stored.definition.indicator {
            // It was read when the SLO was made; if it cannot be any more, nothing is counted.
            selector = try? LabelSelector(select, member: "checks")
        }
    }

    /// Whether it counts how checks are, which nobody can tell afterwards.
    var countsChecks: Bool {
        if case .checks = stored.definition.indicator { true } else { false }
    }

    /// Takes over what was counted before.
    mutating func take(_ ledger: SLOLedger) {
        self.ledger = ledger
        countedUntil = ledger.newest
        if let countedUntil { next = countedUntil + .seconds(60) }
        refresh()
    }

    /// Counts a minute, given by its first instant.
    mutating func add(_ counts: SLOCounts, at minute: Instant) {
        ledger.add(counts, at: minute)
        countedUntil = minute
        next = minute + .seconds(60)
        refresh()
    }

    private mutating func refresh() {
        guard let countedUntil else { return }
        figures = SLOFigures(ledger, stored.definition, endingWith: countedUntil)
    }
}
