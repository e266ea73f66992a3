internal import OpsCore
internal import OpsJSONRPC

/// Counts how many of other checks are ok; decided by ``CompositeRules`` from what is in memory.
struct CompositeCheck: CheckKind {
    static let kind = "composite"
    static let summary = "Counts how many of other checks are ok: k of n."

    @Param("The checks that count, by name or ref.", .example("web1"))
    var checks: [String] = []
    @Param(
        "Further checks that count, by their labels: \(LabelSelector.forms); composite checks are "
            + "never among them.",
        .present(.length(1...1000)), .present(.example("role=web")))
    var select: String?
    @Param("How many must be ok, a number or a percentage such as 60%; with fewer it is critical.")
    var need = CompositeNeed.percent(100)
    @Param("How many should be ok; with fewer it is a warning.")
    var want: CompositeNeed?

    func validate() throws(RPCError) {
        var problems: [RPCError.FieldError] = []
        if checks.isEmpty, select == nil {
            problems.append(.init(path: "checks", reason: "or select is required"))
        }
        for (index, name) in checks.enumerated() where checks[..<index].contains(name) {
            problems.append(.init(path: "checks[\(index)]", reason: "stands twice"))
        }
        if let want, !want.isAtLeast(need) {
            problems.append(.init(path: "want", reason: "must not be below need"))
        }
        do throws(RPCError) {
            _ = try selector
        } catch {
            problems += error.fields
        }
        try refuse(problems)
    }

    /// Which labels `select` means; nil when it is left out.
    var selector: LabelSelector? {
        get throws(RPCError) {
            guard let select else { return nil }
            return try LabelSelector(select, member: "select")
        }
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        throw RPCError.conflict("A composite check is decided by other checks and does not look.")
    }
}
