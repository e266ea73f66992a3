import OpsJSONRPC

/// Asks the daemon for what the board shows.
///
/// Only the list of checks and the daemon's own answer matter; a daemon without metrics or
/// without an event log gets a board without those parts.
struct BoardLoader {
    let daemon: any Daemon
    var now: Instant
    var machine: Machine

    func load(changes: Int) throws -> Board {
        var answers = try daemon.answers(questions(changes: max(1, changes)))
        let metrics = answers.suffix(4).map { MetricSeries.all(optional($0)) }
        answers.removeLast(4)
        let info = try answers[0].get()
        let checks = try allChecks(answers[1])
        var board = Board(machine: machine, info: info, checks: checks, now: now)
        board.gauges = HostGauges(now: now, processors: machine.processors)
            .gauges(cpu: metrics[0], memory: metrics[1], disk: metrics[2], load: metrics[3])
        let events = optional(answers[2])["items"]?.array ?? []
        board.changes = events.suffix(max(0, changes)).reversed().compactMap(Self.change)
        return board
    }

    /// One bundle, so that the board costs one exchange and not seven.
    private func questions(changes: Int) -> [(method: String, params: JSON.Object)] {
        let metrics = ["host_cpu_ratio", "host_memory_bytes", "host_disk_bytes", "host_load1"]
        // Without a first number, the newest events are read.
        let events: JSON.Object = [
            "topics": ["check.state_changed"], "limit": .number(.init(min(changes, 1000))),
        ]
        return [("system.info", [:]), ("check.list", [:]), ("event.read", events)]
            + metrics.map { ("metric.query", query($0)) }
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
