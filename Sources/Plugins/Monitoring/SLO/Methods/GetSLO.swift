internal import OpsCore

/// Shows one SLO: `slo.get`.
struct GetSLO: Method {
    static let name = "slo.get"
    static let summary = "Shows an SLO as it was asked for."
    static let effect = Effect.read
    typealias Result = SLO

    @Param("The SLO's ref or name.", .positional)
    var slo: String
}
