/// What the program does itself.
enum BuiltIn: Sendable, Equatable {
    case help, call, explain, completion, complete, status, plot, follow, pipe
    case pluginTest, pluginNew

    var isRepeatable: Bool {
        switch self {
        case .status, .plot: true
        case .help, .call, .explain, .completion, .complete, .follow, .pipe, .pluginTest,
            .pluginNew:
            false
        }
    }

    /// Whether it runs without asking the daemon which commands there are.
    var needsNoCommands: Bool {
        switch self {
        case .status, .plot, .follow, .completion, .pluginTest, .pluginNew: true
        case .help, .call, .explain, .complete, .pipe: false
        }
    }
}
