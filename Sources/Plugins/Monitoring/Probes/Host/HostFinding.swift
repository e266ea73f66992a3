/// One thing that the `host` check noticed.
struct HostFinding: Sendable, Equatable {
    let state: CheckState
    /// A few words without a full stop.
    let text: String
    /// How far past its limit the value is, to tell which of two critical disks to name first.
    let urgency: Double
}
