import OpsJSONRPC

/// The checks that need somebody, the worst first.
struct Top: Equatable {
    struct Row: Equatable {
        var state: CheckState
        var isHard: Bool
        var attempt: String
        var name: String
        /// Since when it has been in this state.
        var since: Instant?
        var lastCheckAt: Instant?
        var durationMs: Double?
        var output: String
    }

    var rows: [Row]
    /// How many checks there are in each state.
    var counts: [CheckState: Int]
    var paused: Int

    /// - Parameters:
    ///   - list: What `check.list` answers, the worst first.
    ///   - stats: What `check.stats` answers.
    init(list: JSON, stats: JSON) {
        rows = (list["items"]?.array ?? []).map(Row.init)
        let states = stats["states"]?.object ?? [:]
        counts = states.reduce(into: [:]) { counts, state in
            guard let key = CheckState(rawValue: state.key) else { return }
            counts[key] = state.value.int
        }
        paused = stats["paused"]?.int ?? 0
    }

    /// What to ask the daemon for.
    static func questions(
        _ params: JSON.Object, rows: Int
    ) -> [(method: String, params: JSON.Object)] {
        var list: JSON.Object = [
            "sort": "worst", "limit": .number(.init(min(1000, max(1, rows)))),
        ]
        for name in ["label", "type", "name"] { list[name] = params[name] }
        return [("check.list", list), ("check.stats", [:])]
    }
}

extension Top.Row {
    fileprivate init(_ check: JSON) {
        state = check["state"]?.string.flatMap(CheckState.init(rawValue:)) ?? .unknown
        isHard = check["state_type"]?.string != "soft"
        let most = check["max_attempts"]?.int.map { "/\($0)" } ?? ""
        attempt = check["attempt"]?.int.map { "\($0)\(most)" } ?? ""
        name = check["name"]?.string ?? check["ref"]?.string ?? "?"
        since = check["last_state_change_at"]?.string.flatMap { Instant($0) }
        lastCheckAt = check["last_check_at"]?.string.flatMap { Instant($0) }
        durationMs = check["duration_ms"]?.double
        output = check["output"]?.string ?? ""
    }
}
