internal import OpsJSONRPC

/// One of the four burn-rate alerts as it is shown.
struct SLOAlert: Codable, Sendable, Equatable {
    /// Whether somebody is woken, or looks at it by day.
    enum Severity: String, Codable, CaseIterable, Sendable {
        case page, ticket
    }

    /// The long window: `1h`, `6h`, `1d`, `3d`.
    var window: String
    var severity: Severity
    /// The burn rate beyond which both windows have to be.
    var factor: Double
    var longBurnRate: Double?
    var shortBurnRate: Double?
    var firing: Bool
    var firingSince: Instant?
}
