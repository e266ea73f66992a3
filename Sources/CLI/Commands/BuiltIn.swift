/// What the program does itself.
enum BuiltIn: Sendable, Equatable {
    case help, call, explain, completion, complete, status, plot, follow, pipe
    case narrowToken, showToken

    var isRepeatable: Bool {
        switch self {
        case .status, .plot: true
        case .help, .call, .explain, .completion, .complete, .follow, .pipe, .narrowToken,
            .showToken:
            false
        }
    }

    /// Whether it runs without asking the daemon which commands there are.
    var needsNoCommands: Bool {
        switch self {
        case .status, .plot, .follow, .completion, .narrowToken, .showToken: true
        case .help, .call, .explain, .complete, .pipe: false
        }
    }
}
