internal import OpsCore

/// Deletes a maintenance: `maintenance.delete`.
struct DeleteMaintenance: Method {
    static let name = "maintenance.delete"
    static let summary = "Deletes a maintenance; one that runs ends."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The maintenance's ref or name.", .positional)
    var maintenance: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
