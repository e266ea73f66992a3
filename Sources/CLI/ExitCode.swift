/// How the program ends, as scripts see it.
enum ExitCode: Int32, CaseIterable {
    case success = 0
    case server = 1
    case unreachable = 2
    case usage = 3
    case denied = 4
    case deadline = 5
    case partial = 6
    case interrupted = 130

    var meaning: String {
        switch self {
        case .success: "ok"
        case .server: "failed"
        case .unreachable: "no connection"
        case .usage: "wrong usage"
        case .denied: "not allowed"
        case .deadline: "too late or cancelled"
        case .partial: "partly failed"
        case .interrupted: "interrupted"
        }
    }

    /// The sentence that ends every help page.
    static var legend: String {
        allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ")
    }
}
