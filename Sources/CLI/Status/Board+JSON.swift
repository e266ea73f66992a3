import OpsJSONRPC

extension Board {
    /// The board for programs.
    var json: JSON {
        [
            "verdict": .string(verdict), "state": .string(worst.rawValue),
            "machine": .string(machine.name), "uptime_ms": .number(.init(machine.uptimeMs)),
            "daemon": [
                "version": .string(daemon.version),
                "uptime_ms": daemon.uptimeMs.map { .number(.init($0)) } ?? nil,
            ],
            "checks": .number(.init(total)), "pending": .number(.init(pending)),
            "paused": .number(.init(paused)),
            "problems": .array(problems.map(Self.json)),
            "types": .array(types.map(Self.json)),
            "gauges": .array(gauges.map(Self.json)),
            "changes": .array(changes.map(Self.json)),
        ]
    }

    private static func json(_ problem: Problem) -> JSON {
        [
            "name": .string(problem.name), "state": .string(problem.state.rawValue),
            "state_type": problem.isHard ? "hard" : "soft",
            "since": problem.since.map { .string($0.description) } ?? nil,
            "output": .string(problem.output),
        ]
    }

    private static func json(_ count: TypeCount) -> JSON {
        var object: JSON.Object = ["type": .string(count.type)]
        for state in CheckState.allCases {
            if let number = count.counts[state] { object[state.rawValue] = .number(.init(number)) }
        }
        return .object(object)
    }

    private static func json(_ gauge: Gauge) -> JSON {
        [
            "name": .string(gauge.name), "ratio": .number(.init(gauge.ratio)),
            "value": .string(gauge.value), "detail": .string(gauge.detail),
        ]
    }

    private static func json(_ change: Change) -> JSON {
        [
            "at": .string(change.at.description), "check": .string(change.name),
            "from": .string(change.from), "to": .string(change.to),
            "output": .string(change.output),
        ]
    }
}
