internal import OpsCore
internal import OpsJSONRPC

/// A check as the store holds it.
struct StoredCheck: Sendable {
    var id: Int
    var definition: CheckDefinition
    var origin: CheckOrigin
    /// The target and the template that make it, if they do.
    var maker: CheckMaker?
    var isPaused: Bool
    var status: CheckStatus
    /// What the result said that led to the status.
    var observation: Observation?
    /// Whether everything that it depends on is up; not stored, because it follows from that.
    var isReachable = true
    /// When somebody last called with a result.
    var lastSubmissionAt: Instant?
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int

    var ref: Ref { Self.ref(id) }

    static func ref(_ id: Int) -> Ref { Ref("check", id) }
}

extension StoredCheck {
    /// Reads a row of `monitoring_check`.
    init(row: Row) throws {
        id = try row.int("id")
        definition = try CheckDefinition(row: row)
        origin = CheckOrigin(rawValue: try row.text("origin")) ?? .api
        maker = try CheckMaker(row: row)
        isPaused = try row.bool("paused")
        status = try CheckStatus(row: row)
        observation = try Observation(row: row)
        lastSubmissionAt = try row.optionalInstant("last_submission_at")
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }
}

extension CheckDefinition {
    fileprivate init(row: Row) throws {
        self.init(
            name: try row.text("name"), type: try row.text("type"),
            labels: (try row.json("labels").object ?? [:]).texts,
            intervalMs: try row.int("interval_ms"),
            retryIntervalMs: try row.int("retry_interval_ms"),
            timeoutMs: try row.int("timeout_ms"), maxAttempts: try row.int("max_attempts"),
            policy: try row.json("policy").object ?? [:],
            members: try row.json("members").object ?? [:])
    }
}

extension CheckMaker {
    fileprivate init?(row: Row) throws {
        guard let target = try row.optionalInt("target_id"),
            let template = try row.optionalInt("template_id")
        else { return nil }
        self.init(target: target, template: template)
    }
}

extension CheckStatus {
    fileprivate init(row: Row) throws {
        state = CheckState(rawValue: try row.text("state")) ?? .unknown
        stateType = StateType(rawValue: try row.text("state_type")) ?? .hard
        attempt = try row.int("attempt")
        hardState = CheckState(rawValue: try row.text("hard_state")) ?? .unknown
        lastStateChangeAt = try row.optionalInstant("last_state_change_at")
        lastHardStateChangeAt = try row.optionalInstant("last_hard_state_change_at")
        announcedState = CheckState(rawValue: try row.text("announced_state")) ?? .unknown
        remember(try row.json("memory").object ?? [:])
    }
}

extension Observation {
    fileprivate convenience init?(row: Row) throws {
        guard let at = try row.optionalInstant("last_check_at") else { return nil }
        let milliseconds = try row.optionalDouble("duration_ms") ?? 0
        self.init(
            at: at, output: try row.text("output"), longOutput: try row.text("long_output"),
            duration: .nanoseconds(Int64(milliseconds * 1_000_000)))
    }
}

extension JSON.Object {
    /// The members that are text.
    var texts: [String: String] {
        var texts: [String: String] = [:]
        for (name, value) in self { texts[name] = value.string }
        return texts
    }

    /// An object of texts, in the order of their names.
    init(texts: [String: String]) {
        self.init(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
}
