/// The states of a check, worst first.
enum CheckState: String, CaseIterable {
    case critical, warning, unknown, pending, ok

    /// Reads a sample of the metric `check_state`.
    init(code: Double) {
        switch code {
        case 0: self = .ok
        case 1: self = .warning
        case 2: self = .critical
        default: self = .unknown
        }
    }

    var style: Palette.Style {
        switch self {
        case .critical: .critical
        case .warning: .warning
        case .unknown: .unknown
        case .pending: .quiet
        case .ok: .ok
        }
    }

    var isProblem: Bool {
        switch self {
        case .critical, .warning, .unknown: true
        case .pending, .ok: false
        }
    }

    /// Smaller is worse.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
