/// What the program does itself.
enum BuiltIn: Sendable, Equatable {
    case help, call, explain, completion, complete, status, top, plot, follow, pipe
    case pluginTest, pluginNew
    case narrowToken, showToken

    var isRepeatable: Bool {
        switch self {
        case .status, .top, .plot: true
        case .help, .call, .explain, .completion, .complete, .follow, .pipe, .pluginTest,
            .pluginNew, .narrowToken, .showToken:
            false
        }
    }

    /// Whether it runs without asking the daemon which commands there are.
    var needsNoCommands: Bool {
        switch self {
        case .status, .top, .plot, .follow, .completion, .pluginTest, .pluginNew, .narrowToken,
            .showToken:
            true
        case .help, .call, .explain, .complete, .pipe: false
        }
    }
}
