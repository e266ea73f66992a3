internal import OpsCore

/// Shows one maintenance: `maintenance.get`.
struct GetMaintenance: Method {
    static let name = "maintenance.get"
    static let summary = "Shows a maintenance with its next windows."
    static let effect = Effect.read
    typealias Result = Maintenance

    @Param("The maintenance's ref or name.", .positional)
    var maintenance: String
}
