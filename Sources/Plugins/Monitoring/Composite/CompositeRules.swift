internal import OpsJSONRPC

/// Decides how a composite check is, from how its members are.
///
/// A member is ok, or bad, or nobody knows: it has no result yet, is paused, unreachable, cannot
/// tell, or is gone. What nobody knows counts neither way. So the check is ok when enough members are certainly
/// ok, critical when too few can be, and else unknown; a member that vanishes never makes it ok.
enum CompositeRules {
    /// How a member stands.
    enum Standing: Int, Sendable, Equatable {
        case bad, open, ok
    }

    struct Member: Sendable, Equatable {
        var name: String
        var standing: Standing
        /// Its state, or why nobody knows.
        var words: String
    }

    /// How a member that there is stands; only what is hard counts.
    static func standing(
        of status: CheckStatus, isPaused: Bool, isReachable: Bool = true
    ) -> (Standing, words: String) {
        if isPaused { return (.open, "paused") }
        if !isReachable { return (.open, "unreachable") }
        return switch status.hardState {
        case .ok: (.ok, "ok")
        case .warning: (.bad, "warning")
        case .critical: (.bad, "critical")
        case .unknown: (.open, "unknown")
        case .pending: (.open, "pending")
        }
    }

    static func judge(_ members: [Member], need: CompositeNeed, want: CompositeNeed?) -> CheckResult
    {
        let ok = members.count { $0.standing == .ok }
        let open = members.count { $0.standing == .open }
        let needed = need.number(of: members.count)
        let wanted = want?.number(of: members.count) ?? needed
        return CheckResult(
            state: state(ok, open, needed, wanted, isEmpty: members.isEmpty),
            output: words(members, ok, needed: needed, wanted: wanted),
            measurements: [
                Measurement(
                    label: "ok", value: Double(ok), warning: .atLeast(Double(wanted)),
                    critical: .atLeast(Double(needed)), min: 0, max: Double(members.count)),
                Measurement(label: "bad", value: Double(members.count - ok - open), min: 0),
                Measurement(label: "open", value: Double(open), min: 0),
            ])
    }

    private static func state(
        _ ok: Int, _ open: Int, _ needed: Int, _ wanted: Int, isEmpty: Bool
    ) -> CheckState {
        if isEmpty { return .unknown }
        if ok + open < needed { return .critical }
        if ok < needed { return .unknown }
        return ok + open < wanted ? .warning : .ok
    }

    /// How many members are named in the output.
    private static let named = 10

    private static func words(
        _ members: [Member], _ ok: Int, needed: Int, wanted: Int
    ) -> String {
        guard !members.isEmpty else { return "There is no check to count" }
        let limits = wanted > needed ? "\(needed) needed, \(wanted) wanted" : "\(needed) needed"
        let line = "\(ok) of \(members.count) ok, \(limits)"
        let others = members.filter { $0.standing != .ok }
            .sorted { ($0.standing.rawValue, $0.name) < ($1.standing.rawValue, $1.name) }
        guard !others.isEmpty else { return line }
        let list = others.prefix(named).map { "\($0.name) \($0.words)" }.joined(separator: ", ")
        let more = others.count > named ? " and \(others.count - named) more" : ""
        return "\(line): \(list)\(more)"
    }
}
