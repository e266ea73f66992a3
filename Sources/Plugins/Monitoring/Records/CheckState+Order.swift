extension CheckState {
    /// Whether something is wrong: any verdict but OK.
    var isProblem: Bool {
        switch self {
        case .ok, .pending: false
        case .warning, .critical, .unknown: true
        }
    }

    /// How urgently a person should look: 0 is the worst.
    var urgency: Int {
        switch self {
        case .critical: 0
        case .unknown: 1
        case .warning: 2
        case .pending: 3
        case .ok: 4
        }
    }
}
