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
    /// The members that ``StatePolicy`` declares, as they were given.
    var policy: JSON.Object = [:]
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
        // A heartbeat has its patience in the grace already, a composite in its members; and what was
        // appended to a file is seen once.
        let isPatient =
            [HeartbeatCheck.kind, CompositeCheck.kind].contains(wish.type)
            || wish.members["content_part"]?.string == ContentPart.appended.rawValue
        let usual = isPatient ? 1 : Self.usualAttempts
        maxAttempts = wish.maxAttempts ?? usual
        (policy, members) = Self.split(wish.members)
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
        var rest = new.policy
        for (name, value) in members { rest[name] = value }
        for (name, value) in change.members { rest[name] = value }
        (new.policy, new.members) = Self.split(rest)
        return new
    }

    /// The rules that its results are judged by.
    ///
    /// - Throws: `invalid_params` naming the members of the policy that cannot be.
    func rules() throws(RPCError) -> StateRules {
        guard !policy.isEmpty else { return StateRules(maxAttempts: maxAttempts) }
        return try StatePolicy.read(policy).rules(maxAttempts: maxAttempts)
    }

    /// Tells the members that every check may have from those of its type.
    private static func split(_ given: JSON.Object) -> (policy: JSON.Object, own: JSON.Object) {
        let members = given.filter { !$0.value.isNull }
        return (
            JSON.Object(members.filter { StatePolicy.owns($0.key) }.map { ($0.key, $0.value) }),
            JSON.Object(members.filter { !StatePolicy.owns($0.key) }.map { ($0.key, $0.value) })
        )
    }
}
