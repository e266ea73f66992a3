internal import OpsCore

/// Deletes an SLO: `slo.delete`.
struct DeleteSLO: Method {
    static let name = "slo.delete"
    static let summary =
        "Deletes an SLO; alerts are resolved, and what was counted stays in the metrics."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The SLO's ref or name.", .positional)
    var slo: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
