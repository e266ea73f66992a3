internal import OpsCore

/// Runs a plugin once.
struct ExecProbe: Probe {
    /// More than any plugin has to say; what floods is cut there.
    private static let maxOutputBytes = 64 << 10
    /// How long a program may tidy up after SIGTERM before it is killed.
    private static let killGrace = Duration.milliseconds(200)

    private let tools: ProbeTools
    private let command: [String]
    private let directory: String?
    private let environment: [String: String]

    init(
        _ tools: ProbeTools, command: [String], directory: String?, environment: [String: String]
    ) {
        self.tools = tools
        self.command = command
        self.directory = directory
        self.environment = environment
    }

    func run(timeout: Duration) async -> CheckResult {
        // The grace is part of the time that was given.
        let patience = max(timeout - Self.killGrace, timeout / 2)
        let result = await ChildProcess.run(
            ProcessRequest(
                arguments: command, environment: environment, directory: directory, stdin: [],
                timeout: patience, killGrace: timeout - patience,
                maxOutputBytes: Self.maxOutputBytes),
            on: tools.loop)
        return ExecRules.judge(result, timeout: timeout)
    }
}
