/// The state that a `systemd` check expects its units to be in.
enum UnitState: String, Codable, CaseIterable, Sendable {
    case active
    case inactive
    /// Anything that is no failure.
    case any
}
