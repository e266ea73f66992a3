/// What a check is when the result, or the value that it judges, is not there.
enum MissingPolicy: String, Codable, CaseIterable, Sendable {
    /// As it was.
    case keep
    case unknown, critical, ok

    /// The state; nil when nothing changes.
    var state: CheckState? {
        switch self {
        case .keep: nil
        case .unknown: .unknown
        case .critical: .critical
        case .ok: .ok
        }
    }
}
