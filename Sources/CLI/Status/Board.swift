import OpsJSONRPC

/// All that the status board says, decided; how it looks is the view's business.
struct Board: Equatable {
    struct Problem: Equatable {
        var name: String
        var state: CheckState
        var isHard: Bool
        /// "2/3" while the state is soft.
        var attempt: String
        var since: Instant?
        var output: String
    }

    struct TypeCount: Equatable {
        var type: String
        var counts: [CheckState: Int]
    }

    struct Change: Equatable {
        var at: Instant
        var name: String
        var from: String
        var to: String
        var output: String
    }

    struct DaemonInfo: Equatable {
        var version: String
        var uptimeMs: Int?
    }

    var machine: Machine
    var daemon: DaemonInfo
    var problems: [Problem] = []
    var types: [TypeCount] = []
    var total = 0
    var pending = 0
    var paused = 0
    var gauges: [Gauge] = []
    var changes: [Change] = []

    init(machine: Machine, info: JSON, checks: [JSON], now: Instant) {
        self.machine = machine
        if let name = info["hostname"]?.string { self.machine.name = name }
        daemon = Self.daemon(info, now)
        total = checks.count
        paused = checks.count(where: Self.isPaused)
        let active = checks.filter { !Self.isPaused($0) }
        pending = active.count { Self.state($0) == .pending }
        problems = active.compactMap(Self.problem).sorted(by: Self.isWorse)
        types = Self.count(active)
    }

    private static func daemon(_ info: JSON, _ now: Instant) -> DaemonInfo {
        let started = info["started_at"]?.string.flatMap { Instant($0) }
        let sinceStart = started.map { Int(now.milliseconds - $0.milliseconds) }
        return DaemonInfo(
            version: info["version"]?.string ?? "",
            uptimeMs: info["uptime_ms"]?.int ?? sinceStart)
    }

    private static func isPaused(_ check: JSON) -> Bool {
        check["paused"]?.bool ?? false
    }

    private static func state(_ check: JSON) -> CheckState {
        check["state"]?.string.flatMap(CheckState.init(rawValue:)) ?? .unknown
    }

    private static func problem(_ check: JSON) -> Problem? {
        let state = state(check)
        guard state.isProblem else { return nil }
        let isHard = check["state_type"]?.string != "soft"
        let changed = isHard ? check["last_hard_state_change_at"] : check["last_state_change_at"]
        let since = changed?.string ?? check["last_state_change_at"]?.string
        return Problem(
            name: check["name"]?.string ?? check["ref"]?.string ?? "?", state: state,
            isHard: isHard, attempt: isHard ? "" : attempt(check),
            since: since.flatMap { Instant($0) }, output: check["output"]?.string ?? "")
    }

    private static func attempt(_ check: JSON) -> String {
        guard let attempt = check["attempt"]?.int else { return "" }
        return "\(attempt)" + (check["max_attempts"]?.int.map { "/\($0)" } ?? "")
    }

    /// Hard before soft, worse before better, new before old.
    private static func isWorse(_ a: Problem, _ b: Problem) -> Bool {
        func key(_ p: Problem) -> (Int, Int, Int64, String) {
            (p.isHard ? 0 : 1, p.state.rank, -(p.since?.milliseconds ?? 0), p.name)
        }
        return key(a) < key(b)
    }

    private static func count(_ checks: [JSON]) -> [TypeCount] {
        let groups = Dictionary(grouping: checks) { $0["type"]?.string ?? "other" }
        return groups.sorted { $0.key < $1.key }.map { type, checks in
            TypeCount(
                type: type, counts: checks.reduce(into: [:]) { $0[state($1), default: 0] += 1 })
        }
    }

    // MARK: - The verdict

    var hasHardProblem: Bool { problems.contains(where: \.isHard) }

    var worst: CheckState {
        if let hard = problems.first(where: \.isHard) { return hard.state }
        return hasResults ? .ok : .pending
    }

    private var hasResults: Bool { total > pending + paused }

    /// Answers the only question of the board, whether everything is all right.
    var verdict: String {
        if total == 0 { return "NO CHECKS" }
        let hard = problems.filter(\.isHard)
        guard !hard.isEmpty else { return hasResults ? "ALL OK" : "NO RESULTS YET" }
        return CheckState.allCases.compactMap { state in
            let count = hard.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue.uppercased())"
        }.joined(separator: ", ")
    }

    /// What else there is to know about the number of checks.
    var remarks: String {
        let soft = problems.count { !$0.isHard }
        let parts = [(soft, "being rechecked"), (pending, "pending"), (paused, "paused")]
        let notes = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return (["\(total) \(total == 1 ? "check" : "checks")"] + notes).joined(separator: ", ")
    }
}
