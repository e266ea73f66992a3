internal import OpsCore
internal import OpsJSONRPC

/// A check as callers see it: what was asked for, the members of its type beside that, and where
/// it stands.
///
/// Which members there are depends on the type, so it is an object and not a list of properties.
struct Check: Codable, Sendable {
    let members: JSON.Object

    init(from decoder: any Decoder) throws {
        members = try decoder.singleValueContainer().decode(JSON.self).object ?? [:]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(JSON.object(members))
    }
}

extension Check {
    /// - Parameters:
    ///   - observation: The newest result that fits the stored status.
    ///   - nextCheckAt: Nil while it runs or is paused.
    init(
        _ check: StoredCheck, observation: Observation?, nextCheckAt: Instant?,
        catalog: CheckCatalog
    ) {
        var members: JSON.Object = ["ref": .string(check.ref.description)]
        for (name, value) in check.definition.shown(by: catalog) { members[name] = value }
        members.add(status: check.status, of: check.definition.maxAttempts)
        members.add(announcement: check.status)
        members["reachable"] = .bool(check.isReachable)
        members.add(observation: observation)
        members["next_check_at"] = .instant(nextCheckAt)
        if check.definition.isPassive || check.lastSubmissionAt != nil {
            members["last_submission_at"] = .instant(check.lastSubmissionAt)
        }
        members["paused"] = .bool(check.isPaused)
        members["origin"] = .string(check.origin.rawValue)
        if let maker = check.maker {
            members["target"] = .string(StoredTarget.ref(maker.target).description)
            members["template"] = .string(StoredTemplate.ref(maker.template).description)
        }
        members["created_at"] = .instant(check.createdAt)
        members["updated_at"] = .instant(check.updatedAt)
        members["generation"] = .number(JSON.Number(check.generation))
        self.members = members
    }
}

extension CheckDefinition {
    /// The definition as people may see it: defaults filled in, secrets covered.
    func shown(by catalog: CheckCatalog) -> JSON.Object {
        var shown: JSON.Object = [
            "name": .string(name), "type": .string(type),
            "labels": .object(JSON.Object(texts: labels)),
            "interval_ms": .number(JSON.Number(intervalMs)),
            "retry_interval_ms": .number(JSON.Number(retryIntervalMs)),
            "timeout_ms": .number(JSON.Number(timeoutMs)),
            "max_attempts": .number(JSON.Number(maxAttempts)),
        ]
        for (name, value) in StatePolicy.shown(policy) { shown[name] = value }
        for (name, value) in catalog.shown(type, members) { shown[name] = value }
        return shown
    }
}

extension JSON.Object {
    fileprivate mutating func add(status: CheckStatus, of maxAttempts: Int) {
        self["state"] = .string(status.state.rawValue)
        self["state_type"] = .string(status.stateType.rawValue)
        self["attempt"] = .number(JSON.Number(status.shownAttempt(of: maxAttempts)))
        self["hard_state"] = .string(status.hardState.rawValue)
        self["last_state_change_at"] = .instant(status.lastStateChangeAt)
        self["last_hard_state_change_at"] = .instant(status.lastHardStateChangeAt)
    }

    fileprivate mutating func add(announcement status: CheckStatus) {
        self["announced_state"] = .string(status.announcedState.rawValue)
        self["suppressed_by"] = .array(status.suppressedBy.names.map(JSON.string))
        self["flapping"] = .bool(status.isFlapping)
        if let flap = status.flap { self["flap_percent"] = .number(JSON.Number(flap.shownPercent)) }
    }

    fileprivate mutating func add(observation: Observation?) {
        self["output"] = .string(observation?.output ?? "")
        if let long = observation?.longOutput, !long.isEmpty { self["long_output"] = .string(long) }
        self["last_check_at"] = .instant(observation?.at)
        self["duration_ms"] = observation.map { .milliseconds($0.duration) } ?? .null
    }
}

extension JSON {
    fileprivate static func instant(_ instant: Instant?) -> JSON {
        instant.map { .string($0.description) } ?? .null
    }

    /// Milliseconds with microseconds behind the point, which is as far as they mean anything.
    fileprivate static func milliseconds(_ duration: Duration) -> JSON {
        .number(JSON.Number(Double(duration.nanoseconds / 1000) / 1000))
    }
}

extension Check: Schematic {
    static var schema: JSON.Object {
        [
            "type": "object",
            "properties": .object(properties),
            "required": ["ref", "name", "type", "state", "state_type", "attempt", "generation"],
        ]
    }

    private static var properties: JSON.Object {
        let (text, number, time) = (String.schema, Int.schema, Instant.schema)
        let names: [(String, JSON.Object)] = [
            ("ref", text), ("name", text), ("type", text),
            ("labels", [String: String].schema), ("interval_ms", number),
            ("retry_interval_ms", number), ("timeout_ms", number), ("max_attempts", number),
            ("state", Schema.of(CheckState.self)), ("state_type", Schema.of(StateType.self)),
            ("attempt", number), ("hard_state", Schema.of(CheckState.self)),
            ("announced_state", Schema.of(CheckState.self)),
            ("suppressed_by", [Suppression].schema), ("flapping", Bool.schema),
            ("flap_percent", Double.schema), ("reachable", Bool.schema),
            ("output", text), ("long_output", text), ("last_check_at", time),
            ("duration_ms", Double.schema), ("next_check_at", time),
            ("last_state_change_at", time), ("last_hard_state_change_at", time),
            ("last_submission_at", time), ("paused", Bool.schema), ("origin", text),
            ("target", text), ("template", text),
            ("created_at", time), ("updated_at", time), ("generation", number),
        ]
        return JSON.Object(names.map { ($0, .object($1)) })
    }
}
