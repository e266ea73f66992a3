internal import OpsJSONRPC

/// What the rules remember beside the state, as one JSON object in the check's row.
///
/// Most checks need none of it. What is absent is as it is in a new check.
extension CheckStatus {
    /// The memory, as far as it is not blank.
    var memory: JSON.Object {
        var memory = JSON.Object()
        if !suppressedBy.isEmpty {
            memory["suppressed_by"] = .array(suppressedBy.names.map(JSON.string))
        }
        if let flap { memory["flap"] = flap.json }
        if isFlappingAnnounced { memory["flapping_announced"] = true }
        if hadHostProblem { memory["had_host_problem"] = true }
        if let lastProblemAt { memory["last_problem_at"] = .string(lastProblemAt.description) }
        if let freshFor {
            memory["fresh_for_ms"] = .number(JSON.Number(Int(freshFor.nanoseconds / 1_000_000)))
        }
        return memory
    }

    /// Takes a memory up that an earlier process wrote.
    mutating func remember(_ memory: JSON.Object) {
        suppressedBy = Set(
            (memory["suppressed_by"]?.array ?? []).compactMap {
                $0.string.flatMap(Suppression.init(rawValue:))
            })
        flap = memory["flap"].flatMap(FlapHistory.init(json:))
        isFlappingAnnounced = memory["flapping_announced"]?.bool ?? false
        hadHostProblem = memory["had_host_problem"]?.bool ?? false
        lastProblemAt = memory["last_problem_at"]?.string.flatMap(Instant.init)
        freshFor = memory["fresh_for_ms"]?.int.map { .milliseconds($0) }
    }
}

extension Set<Suppression> {
    /// The names, in the order of the declaration.
    var names: [String] {
        Suppression.allCases.filter(contains).map(\.rawValue)
    }
}

extension FlapHistory {
    fileprivate var json: JSON {
        [
            "changes": .number(JSON.Number(Int(changes))), "last": .string(last.rawValue),
            "percent": .number(JSON.Number(percent)), "flapping": .bool(isFlapping),
        ]
    }

    fileprivate init?(json: JSON) {
        guard let changes = json["changes"]?.int,
            let last = json["last"]?.string.flatMap(CheckState.init(rawValue:))
        else { return nil }
        self.changes = UInt32(truncatingIfNeeded: changes)
        self.last = last
        percent = json["percent"]?.double ?? 0
        isFlapping = json["flapping"]?.bool ?? false
    }
}
