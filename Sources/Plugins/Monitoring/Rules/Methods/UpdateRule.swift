internal import OpsCore
internal import OpsJSONRPC

/// Changes the members that are given: `rule.update`.
struct UpdateRule: Method {
    static let name = "rule.update"
    static let summary = "Changes the given members of a rule; null takes one back to its default."
    static let effect = Effect.write
    typealias Result = Rule

    @Param("The rule's ref or name.", .positional)
    var rule: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
}
