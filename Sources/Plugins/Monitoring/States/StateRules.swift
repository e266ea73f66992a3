/// How the results of one check become states: what its definition says, ready for use.
struct StateRules: Sendable, Equatable {
    /// Whose soft and hard states they are.
    enum Dialect: String, Codable, CaseIterable, Sendable {
        case icinga, nagios
    }

    var dialect = Dialect.icinga
    /// After how many bad results in a row a problem is hard.
    var maxAttempts = 3
    /// After how many good results in a row a hard problem is over.
    var recoveryAttempts = 1
    /// Whether every bad result in a hard state is announced.
    var isVolatile = false
    /// Nil when flapping is not looked for.
    var flapping: FlapRules?
    /// How long after the last bad result a problem stays announced.
    var keepFiring = Duration.zero
    /// What the check is when a result is missing; nil leaves it to whoever missed it.
    var onMissing: MissingPolicy?
    /// What the check depends on.
    var parents: [ParentGroup] = []

    /// The state that a result stands for; nil when it changes nothing.
    func state(of result: CheckResult) -> CheckState? {
        guard result.isMissing, let onMissing else { return result.state }
        return onMissing.state
    }
}
