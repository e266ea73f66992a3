internal import OpsCore
internal import OpsJSONRPC

/// Looks at units of systemd.
struct SystemdCheck: CheckKind {
    static let kind = "systemd"
    static let summary = "Looks at units of systemd: failed, restarting, missing."

    @Param(
        "Names or patterns of units, such as nginx.service or backup-*.timer; left out, all that "
            + "systemd has loaded.")
    var units: [String] = []
    @Param("The state that named units must be in; of all units only failures count.")
    var unitState = UnitState.active
    @Param("Units that do not count, by name or pattern.")
    var ignoreUnits: [String] = []
    @Param(
        "A warning when a unit was restarted so often since the last look.",
        .present(.range(1...1_000_000)))
    var restartsWarning: Int?
    @Param(
        "Critical when a unit was restarted so often since the last look.",
        .present(.range(1...1_000_000)))
    var restartsCritical: Int?

    func validate() throws(RPCError) {
        try refuse(
            problems(units, "units") + problems(ignoreUnits, "ignore_units")
                + restarts.problems("restarts_warning", "restarts_critical"))
    }

    private func problems(_ names: [String], _ member: String) -> [RPCError.FieldError] {
        names.enumerated().compactMap { index, name in
            let isName =
                !name.isEmpty && name.utf8.count <= 255
                && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
            return isName
                ? nil
                : RPCError.FieldError(path: "\(member)[\(index)]", reason: "is no unit's name")
        }
    }

    private var restarts: Limits {
        Limits(
            warning: restartsWarning.map { Double($0) },
            critical: restartsCritical.map { Double($0) })
    }

    func makeProbe(_ tools: ProbeTools) -> any Probe {
        SystemdProbe(
            tools,
            rules: SystemdRules(
                patterns: units, expected: unitState, ignored: ignoreUnits, restarts: restarts))
    }
}
