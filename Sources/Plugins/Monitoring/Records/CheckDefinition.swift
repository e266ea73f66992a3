internal import OpsCore
internal import OpsJSONRPC

/// What somebody asked for: what to look at, how often, and when to believe it.
struct CheckDefinition: Sendable, Equatable {
    var name: String
    var type: String
    var labels: [String: String]
    var intervalMs: Int
    var retryIntervalMs: Int
    var timeoutMs: Int
    var maxAttempts: Int
    /// The members of the check's type, as they were given.
    var members: JSON.Object

    var interval: Duration { .milliseconds(intervalMs) }
    var retryInterval: Duration { .milliseconds(retryIntervalMs) }
    var timeout: Duration { .milliseconds(timeoutMs) }
    /// Whether the check is told its results instead of finding them.
    var isPassive: Bool { type == HeartbeatCheck.kind }
}

extension CheckDefinition {
    static let usualWaitMs = 10_000
    static let usualAttempts = 3

    /// Fills in what the caller left out.
    init(_ wish: CreateCheck) {
        name = wish.name
        type = wish.type
        labels = wish.labels
        intervalMs = wish.intervalMs
        retryIntervalMs = wish.retryIntervalMs ?? min(Self.usualWaitMs, wish.intervalMs)
        timeoutMs = wish.timeoutMs ?? min(Self.usualWaitMs, wish.intervalMs)
        // A heartbeat has its patience in the grace already, a composite in its members.
        let isPatient = [HeartbeatCheck.kind, CompositeCheck.kind].contains(wish.type)
        let usual = isPatient ? 1 : Self.usualAttempts
        maxAttempts = wish.maxAttempts ?? usual
        members = wish.members.withoutNulls
    }

    /// The definition with the given changes; a member of the type that is null goes back to its
    /// default.
    func applying(_ change: UpdateCheck) -> CheckDefinition {
        var new = self
        new.name = change.name ?? name
        new.labels = change.labels ?? labels
        new.intervalMs = change.intervalMs ?? intervalMs
        new.retryIntervalMs = change.retryIntervalMs ?? retryIntervalMs
        new.timeoutMs = change.timeoutMs ?? timeoutMs
        new.maxAttempts = change.maxAttempts ?? maxAttempts
        for (name, value) in change.members { new.members[name] = value }
        new.members = new.members.withoutNulls
        return new
    }
}

extension JSON.Object {
    fileprivate var withoutNulls: JSON.Object {
        JSON.Object(filter { !$0.value.isNull }.map { ($0.key, $0.value) })
    }
}
