internal import OpsCore
internal import OpsJSONRPC

/// Promises a share of good: `slo.create`.
struct CreateSLO: Method {
    static let name = "slo.create"
    static let summary = "Creates an SLO: how much of what has to be good, over how many days."
    static let effect = Effect.write
    typealias Result = SLO

    @Param("The SLO's unique name.", .checkName, .example("shop works"))
    var name: String
    @Param("The share that has to be good, in percent.", .range(50...99.9999), .example("99.9"))
    var objective: Double
    @Param("What to know about it.", .length(0...4000))
    var comment: String = ""
    @Param("Over how many days.", .range(1...90))
    var periodDays: Int = 30
    @Param("Labels to find it by.")
    var labels: [String: String] = [:]
    @Param(
        "Counts checks by their states: those with these labels, check and type among them: "
            + LabelSelector.forms + ".",
        .example("check=~shop.*"))
    var checks: String?
    @Param("Which states of checks are bad.")
    var badStates: [CheckState] = [.critical]
    @Param("Whether a check in maintenance counts; what is unreachable never does.")
    var countMaintenance: Bool = false
    @Param("Counts by counters: those of the good ones.", .example("requests_total{code!~\"5..\"}"))
    var good: String?
    @Param("Or those of the bad ones.")
    var bad: String?
    @Param("And those of all.", .example("requests_total"))
    var total: String?
    @Param("Counts samples: of these series, the good ones are those that meet the condition.")
    var select: String?
    @Param("On which side of the threshold a sample is good.")
    var condition: RuleDefinition.Condition?
    @Param("The threshold.", .example("0.3"))
    var threshold: Double?
}
