internal import OpsCore
internal import OpsJSONRPC

/// How checks are just now, for those who count.
extension MonitoringService {
    /// How many checks are gone through before others get their turn.
    private static let portion = 500

    /// What all checks are called and labelled, and the mark of before the first was read.
    func definitions() async -> (mark: Int, all: [(id: Int, definition: CheckDefinition)]) {
        let mark = definitionsMark
        var all: [(id: Int, definition: CheckDefinition)] = []
        all.reserveCapacity(checks.count)
        for (number, id) in checks.ids.enumerated() {
            if let check = checks[id] { all.append((id, check.stored.definition)) }
            if number % Self.portion == Self.portion - 1 { await Task.yield() }
        }
        return (mark, all)
    }

    /// Counts checks whose state can be told: not those that rest, have never looked or cannot be
    /// reached, nor those in maintenance, unless these count.
    func tally(_ ids: [Int], bad: [CheckState], countsMaintenance: Bool) async -> SLOCounts {
        let now = tools.time.now()
        let isCovering = !countsMaintenance && tools.maintenance.isAnyActive(at: now)
        var counts = SLOCounts.none
        for (number, id) in ids.enumerated() {
            if number % Self.portion == Self.portion - 1 { await Task.yield() }
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
