internal import OpsCore
internal import OpsJSONRPC

/// Changes the members that are given: `maintenance.update`.
struct UpdateMaintenance: Method {
    static let name = "maintenance.update"
    static let summary = "Changes the given members of a maintenance; an empty text removes one."
    static let effect = Effect.write
    typealias Result = Maintenance

    @Param("The maintenance's ref or name.", .positional)
    var maintenance: String
    @Param("A new name.", .present(.checkName))
    var name: String?
    @Param("What is done, and who knows more.", .present(.length(0...4000)))
    var comment: String?
    @Param(
        "Which checks and rules, by their labels.", .present(.length(0...10_000)))
    var select: String?
    @Param("Only this check, by ref or name, and the checks behind it.")
    var root: String?
    @Param("When it begins, the first time.")
    var startsAt: Instant?
    @Param("When it ends; not for a recurring one.")
    var endsAt: Instant?
    @Param(
        "How long it lasts, each time.",
        .present(.range(1...MaintenanceDefinition.maxDurationMs)))
    var durationMs: Int?
    @Param("When it comes again, by RFC 5545.", .present(.length(0...1000)))
    var rrule: String?
    @Param("The time zone in which the rule is meant.")
    var timeZone: String?
    @Param("Windows of the rule that are left out, by their starts; all of them.")
    var exdates: [Instant]?
    @Param("Windows beside the rule, by their starts; all of them.")
    var rdates: [Instant]?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}
