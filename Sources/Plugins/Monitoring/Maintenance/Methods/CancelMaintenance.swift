internal import OpsCore

/// Ends a maintenance for good: `maintenance.cancel`.
struct CancelMaintenance: Method {
    static let name = "maintenance.cancel"
    static let summary = "Ends a maintenance now and for good; it stays on record."
    static let effect = Effect.write
    static let isIdempotent = true
    typealias Result = Maintenance

    @Param("The maintenance's ref or name.", .positional)
    var maintenance: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
