import OpsJSONRPC

/// Asks the daemon for what the board shows.
///
/// Only the list of checks and the daemon's own answer matter; a daemon without metrics or
/// without an event log gets a board without those parts.
struct BoardLoader {
    let daemon: any Daemon
    var now: Instant
    var machine: Machine

    private static let topic = "check.state_changed"
    /// How many events before the newest one may hold the last changes of state.
    private static let lookBack: Int64 = 500

    func load(changes: Int) throws -> Board {
        var answers = try daemon.answers(questions)
        let metrics = answers.suffix(4).map { MetricSeries.all(optional($0)) }
        answers.removeLast(4)
        let info = try answers[0].get()
        let checks = try allChecks(answers[1])
        var board = Board(machine: machine, info: info, checks: checks, now: now)
        board.gauges = HostGauges(now: now, processors: machine.processors)
            .gauges(cpu: metrics[0], memory: metrics[1], disk: metrics[2], load: metrics[3])
        board.changes = lastChanges(changes, newest: optional(answers[2])["seq"]?.int)
        return board
    }

    /// One bundle, so that the board costs one exchange and not seven.
    private var questions: [(method: String, params: JSON.Object)] {
        let metrics = ["host_cpu_ratio", "host_memory_bytes", "host_disk_bytes", "host_load1"]
        return [
            ("system.info", [:]), ("check.list", [:]),
            ("event.subscribe", ["topics": [.string(Self.topic)]]),
        ] + metrics.map { ("metric.query", query($0)) }
    }

    private func query(_ name: String) -> JSON.Object {
        let step = Int(HostGauges.spanMs) / HostGauges.columns
        return [
            "select": .string(name), "last_ms": .number(.init(HostGauges.spanMs)),
            "step_ms": .number(.init(step)), "aggregation": "avg",
        ]
    }

    private func optional(_ answer: Result<JSON, Failure>) -> JSON {
        if case .success(let value) = answer { value } else { nil }
    }

    private func allChecks(_ first: Result<JSON, Failure>) throws -> [JSON] {
        if case .failure(let failure) = first, failure.kind == "method_not_found" { return [] }
        var page = try first.get()
        var checks = page["items"]?.array ?? []
        while let next = page["next_cursor"]?.string {
            page = try daemon.call("check.list", ["cursor": .string(next)])
            guard let more = page["items"]?.array, !more.isEmpty else { break }
            checks += more
        }
        return checks
    }

    /// The subscription's answer says where the log ends, so reading can begin just before it.
    private func lastChanges(_ count: Int, newest: Int?) -> [Board.Change] {
        guard let newest, count > 0 else { return [] }
        let from = max(1, Int64(newest) - Self.lookBack)
        let params: JSON.Object = [
            "topics": [.string(Self.topic)], "from_seq": .number(.init(from)),
            "limit": .number(.init(Self.lookBack + 1)),
        ]
        // A board without its last lines is better than none.
        let answer = try? daemon.call("event.read", params)
        let events = answer?["items"]?.array ?? []
        return events.suffix(count).reversed().compactMap(Self.change)
    }

    private static func change(_ event: JSON) -> Board.Change? {
        guard let at = event["at"]?.string.flatMap({ Instant($0) }), let data = event["data"] else {
            return nil
        }
        func text(_ key: String) -> String { data[key]?.string ?? "" }
        let name = data["name"]?.string ?? data["check"]?.string ?? event["ref"]?.string ?? "?"
        return Board.Change(
            at: at, name: name, from: text("previous_state"), to: text("state"),
            output: text("output"))
    }
}
