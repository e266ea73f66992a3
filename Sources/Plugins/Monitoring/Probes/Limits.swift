internal import OpsJSONRPC

/// From where on a value is a warning, and from where on critical; either may be missing.
struct Limits: Sendable, Equatable {
    var warning: Double?
    var critical: Double?

    /// Returns what `value` means.
    func state(of value: Double) -> CheckState {
        if let critical, value >= critical { return .critical }
        if let warning, value >= warning { return .warning }
        return .ok
    }

    /// Returns what is wrong with limits that stand in the members `warningName` and
    /// `criticalName`: a warning behind the critical limit would never be given.
    func problems(_ warningName: String, _ criticalName: String) -> [RPCError.FieldError] {
        guard let warning, let critical, warning > critical else { return [] }
        return [
            RPCError.FieldError(path: warningName, reason: "must not be above \(criticalName)")
        ]
    }
}
