internal import OpsCore
internal import OpsJSONRPC

/// Judges how much may go wrong, from facts alone.
enum ChangeRisk {
    /// What is known of a change.
    struct Facts: Codable, Sendable, Equatable {
        /// How many items it touches.
        var items: Int
        /// How many others fail with them; nil where no inventory says it.
        var affected: Int?
        /// How many changes on the same items have ended in the last 180 days, and how many of them
        /// failed.
        var changes: Int
        var failed: Int
        /// How many other changes are in its way.
        var conflicts: Int
        /// How many freezes its window lies in.
        var freezes: Int
        var outage: Bool
        var hasBackoutPlan: Bool
        var hasTestPlan: Bool
    }

    /// One fact that counts.
    struct Point: Codable, Sendable, Equatable {
        var fact: String
        var points: Int
        /// The fact in words.
        var reason: String
    }

    /// How far back the history counts.
    static let history = Duration.seconds(180 * 86_400)

    /// The facts that count.
    static func points(_ facts: Facts) -> [Point] {
        var points: [Point] = []
        func add(_ fact: String, _ count: Int, _ reason: String) {
            if count > 0 { points.append(Point(fact: fact, points: count, reason: reason)) }
        }
        if let affected = facts.affected {
            let weight = affected >= 100 ? 3 : affected >= 10 ? 2 : affected >= 1 ? 1 : 0
            add("affected", weight, "\(affected) items and services fail with what it touches")
        } else {
            add("affected", 1, "nobody knows what fails with what it touches")
        }
        add(
            "failed", min(facts.failed, 2),
            "\(facts.failed) of \(facts.changes) changes on the same items failed")
        add(
            "conflicts", facts.conflicts > 0 ? 1 : 0,
            "\(facts.conflicts) other changes are in its way")
        add("freezes", facts.freezes > 0 ? 2 : 0, "its window lies in \(facts.freezes) freezes")
        add("outage", facts.outage ? 1 : 0, "something stands still meanwhile")
        add("backout_plan", facts.hasBackoutPlan ? 0 : 1, "nobody has said how it is undone")
        add("test_plan", facts.hasTestPlan ? 0 : 1, "nobody has said how one sees that it works")
        return points
    }

    /// What the points come to.
    static func risk(_ points: [Point]) -> Change.Risk {
        switch points.reduce(0, { $0 + $1.points }) {
        case ...1: .low
        case 2...3: .medium
        default: .high
        }
    }
}

/// How much may go wrong, and why, as `change.risk` answers.
struct RiskPage: Codable, Sendable {
    /// The ticket's key.
    var change: String
    var risk: Change.Risk
    var facts: ChangeRisk.Facts
    /// The facts that count; up to one point is low, up to three medium, more is high.
    var points: [ChangeRisk.Point]
    var conflicts: [ChangeConflict]
    /// What could not be found out, and why.
    var gaps: [String]
}
