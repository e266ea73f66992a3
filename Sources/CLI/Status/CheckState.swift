/// The states of a check, worst first.
enum CheckState: String, CaseIterable {
    case critical, warning, unknown, pending, ok

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
