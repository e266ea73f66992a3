internal import OpsCore
internal import OpsJSONRPC

/// Announces work on what checks look at: `maintenance.create`.
struct CreateMaintenance: Method {
    static let name = "maintenance.create"
    static let summary = "Announces maintenance: problems that begin in it are not announced."
    static let effect = Effect.write
    typealias Result = Maintenance

    @Param("The maintenance's unique name.", .checkName, .example("patch night"))
    var name: String
    @Param("What is done, and who knows more.", .length(0...4000))
    var comment: String = ""
    @Param(
        "Which checks and rules, by their labels, with check, type, rule and severity: "
            + LabelSelector.forms + ".",
        .length(0...10_000), .example("site=ulm,check!~ups.*"))
    var select: String = ""
    @Param("Only this check, by ref or name, and the checks behind it.")
    var root: String?
    @Param("When it begins, the first time; now when left out.")
    var startsAt: Instant?
    @Param("When it ends; not for a recurring one.")
    var endsAt: Instant?
    @Param(
        "How long it lasts, each time, where ends_at does not say so.",
        .present(.range(1...MaintenanceDefinition.maxDurationMs)))
    var durationMs: Int?
    @Param(
        "When it comes again, by RFC 5545.", .length(0...1000), .example("FREQ=MONTHLY;BYDAY=1SU"))
    var rrule: String = ""
    @Param("The time zone in which the rule is meant.", .example("Europe/Berlin"))
    var timeZone: String = "UTC"
    @Param("Windows of the rule that are left out, by their starts.")
    var exdates: [Instant] = []
    @Param("Windows beside the rule, by their starts.")
    var rdates: [Instant] = []
}
