internal import OpsCore

/// Deletes a rule: `rule.delete`.
struct DeleteRule: Method {
    static let name = "rule.delete"
    static let summary =
        "Deletes a rule with its alerts and its history; firing alerts are resolved."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The rule's ref or name.", .positional)
    var rule: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
