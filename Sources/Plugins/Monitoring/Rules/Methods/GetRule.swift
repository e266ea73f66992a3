internal import OpsCore

/// Shows one rule: `rule.get`.
struct GetRule: Method {
    static let name = "rule.get"
    static let summary = "Shows a rule and how many of its alerts are in which state."
    static let effect = Effect.read
    typealias Result = Rule

    @Param("The rule's ref or name.", .positional)
    var rule: String
}
