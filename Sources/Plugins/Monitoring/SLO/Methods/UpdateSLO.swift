internal import OpsCore
internal import OpsJSONRPC

/// Changes the members that are given: `slo.update`.
struct UpdateSLO: Method {
    static let name = "slo.update"
    static let summary = "Changes an SLO; when something else is counted, its budget begins anew."
    static let effect = Effect.write
    typealias Result = SLO

    @Param("The SLO's ref or name.", .positional)
    var slo: String
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
}
