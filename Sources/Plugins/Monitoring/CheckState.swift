/// What a check says about the thing it looks at.
enum CheckState: String, Codable, CaseIterable, Sendable {
    case ok
    case warning
    case critical
    /// The probe could not tell: it is broken, misconfigured or was cut short.
    case unknown
    /// No result yet.
    case pending

    /// How bad the state is, for "worst of": an unknown part hides behind a known problem, because
    /// the known one can be acted on.
    var severity: Int {
        switch self {
        case .pending: 0
        case .ok: 1
        case .unknown: 2
        case .warning: 3
        case .critical: 4
        }
    }

    /// Returns the worst of the states, or `ok` when there are none.
    static func worst(of states: some Sequence<CheckState>) -> CheckState {
        states.max { $0.severity < $1.severity } ?? .ok
    }
}
