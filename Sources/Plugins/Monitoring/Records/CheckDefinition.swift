internal import OpsCore
internal import OpsJSONRPC

/// What somebody asked for: what to look at, how often, and when to believe it.
///
/// Of a check that a template makes it only says of which and for what, and works the rest out when
/// it is asked: there are hundreds of thousands of them.
struct CheckDefinition: Sendable {
    /// When it looks and how often it tries.
    struct Pace: Sendable, Equatable {
        var intervalMs: Int
        var retryIntervalMs: Int
        var timeoutMs: Int
        var maxAttempts: Int
    }

    private struct Members: Sendable, Equatable {
        var name: String
        var type: String
        var labels: [String: String]
        var pace: Pace
        var policy: JSON.Object
        var own: JSON.Object
    }

    private enum Source: Sendable {
        indirect case written(Members)
        case made(CheckTemplate, TargetDefinition)
    }

    private var source: Source

    init(
        name: String, type: String, labels: [String: String], intervalMs: Int,
        retryIntervalMs: Int, timeoutMs: Int, maxAttempts: Int, policy: JSON.Object = [:],
        members: JSON.Object
    ) {
        source = .written(
            Members(
                name: name, type: type, labels: labels,
                pace: Pace(
                    intervalMs: intervalMs, retryIntervalMs: retryIntervalMs,
                    timeoutMs: timeoutMs, maxAttempts: maxAttempts),
                policy: policy, own: members))
    }

    /// The check that a template makes for a target, which has what the template asks for.
    init(madeBy template: CheckTemplate, for target: TargetDefinition) {
        source = .made(template, target)
    }

    private var written: Members {
        get {
            if case .written(let members) = source { return members }
            return Members(
                name: name, type: type, labels: labels, pace: pace, policy: policy, own: members)
        }
        set { source = .written(newValue) }
    }

    var name: String {
        get {
            switch source {
            case .written(let members): members.name
            case .made(let template, let target): "\(target.name)/\(template.name)"
            }
        }
        set { written.name = newValue }
    }

    var labels: [String: String] {
        get {
            switch source {
            case .written(let members): members.labels
            case .made(let template, let target): template.labels(for: target)
            }
        }
        set { written.labels = newValue }
    }

    /// The members that ``StatePolicy`` declares, as they were given.
    var policy: JSON.Object {
        get {
            switch source {
            case .written(let members): members.policy
            case .made(let template, let target): template.policy(for: target)
            }
        }
        set { written.policy = newValue }
    }

    /// The members of the check's type, as they were given.
    var members: JSON.Object {
        get {
            switch source {
            case .written(let members): members.own
            case .made(let template, let target): template.members(for: target)
            }
        }
        set { written.own = newValue }
    }

    /// Which rules its results are judged by, where all checks of a template have the same.
    var sharedRules: Shared<StateRules>? {
        if case .made(let template, _) = source { template.rules } else { nil }
    }

    var type: String {
        switch source {
        case .written(let members): members.type
        case .made(let template, _): template.type
        }
    }

    private var pace: Pace {
        get {
            switch source {
            case .written(let members): members.pace
            case .made(let template, _): template.pace
            }
        }
        set { written.pace = newValue }
    }

    var intervalMs: Int {
        get { pace.intervalMs }
        set { pace.intervalMs = newValue }
    }

    var retryIntervalMs: Int {
        get { pace.retryIntervalMs }
        set { pace.retryIntervalMs = newValue }
    }

    var timeoutMs: Int {
        get { pace.timeoutMs }
        set { pace.timeoutMs = newValue }
    }

    var maxAttempts: Int {
        get { pace.maxAttempts }
        set { pace.maxAttempts = newValue }
    }

    var interval: Duration { .milliseconds(intervalMs) }
    var retryInterval: Duration { .milliseconds(retryIntervalMs) }
    var timeout: Duration { .milliseconds(timeoutMs) }
    /// Whether the check is told its results instead of finding them.
    var isPassive: Bool { type == HeartbeatCheck.kind }
}

extension CheckDefinition: Equatable {
    static func == (left: CheckDefinition, right: CheckDefinition) -> Bool {
        if case .made(let template, let target) = left.source,
            case .made(let other, let otherTarget) = right.source, template === other,
            target === otherTarget
        {
            return true
        }
        return left.written == right.written
    }
}

extension CheckDefinition {
    static let usualWaitMs = 10_000
    static let usualAttempts = 3

    /// Fills in what the caller left out.
    init(_ wish: CreateCheck) {
        let usualWaitMs = min(Self.usualWaitMs, wish.intervalMs)
        // A heartbeat has its patience in the grace already, a composite in its members; and what was
        // appended to a file is seen once.
        let isPatient =
            [HeartbeatCheck.kind, CompositeCheck.kind].contains(wish.type)
            || wish.members["content_part"]?.string == ContentPart.appended.rawValue
        let usual = isPatient ? 1 : Self.usualAttempts
        let (policy, members) = Self.split(wish.members)
        self.init(
            name: wish.name, type: wish.type, labels: wish.labels, intervalMs: wish.intervalMs,
            retryIntervalMs: wish.retryIntervalMs ?? usualWaitMs,
            timeoutMs: wish.timeoutMs ?? usualWaitMs, maxAttempts: wish.maxAttempts ?? usual,
            policy: policy, members: members)
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
