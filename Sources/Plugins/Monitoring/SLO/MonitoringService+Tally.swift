internal import OpsCore
internal import OpsJSONRPC

/// How checks are just now, for those who count.
extension MonitoringService {
    /// What all checks are called and labelled, and a mark that changes when any of that does.
    var definitions: (mark: Int, all: [(id: Int, definition: CheckDefinition)]) {
        (definitionsMark, checks.all.map { ($0.stored.id, $0.stored.definition) })
    }

    /// Counts checks whose state can be told: not those that rest, have never looked or cannot be
    /// reached, nor those in maintenance, unless these count.
    func tally(_ ids: [Int], bad: [CheckState], countsMaintenance: Bool) -> SLOCounts {
        let now = tools.time.now()
        let isCovering = !countsMaintenance && tools.maintenance.isAnyActive(at: now)
        var counts = SLOCounts.none
        for id in ids {
            guard let check = checks[id], canBeTold(check) else { continue }
            if isCovering, isInMaintenance(id, at: now) { continue }
            counts.total += 1
            if !bad.contains(check.status.state) { counts.good += 1 }
        }
        return counts
    }

    private func canBeTold(_ check: WatchedCheck) -> Bool {
        !check.stored.isPaused && check.status.state != .pending && !isBehindSomethingDead(check)
    }
}
