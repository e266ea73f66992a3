internal import Glibc
internal import OpsCore

/// Decides what a plugin's end and output mean.
enum ExecRules {
    static func judge(_ result: ProcessResult, timeout: Duration) -> CheckResult {
        let output = PluginOutput(parsing: result.stdout)
        let (state, remark) = verdict(result.ending, timeout)
        return CheckResult(
            state: state, output: line(remark, output, result), longOutput: long(output, result),
            measurements: output.performance.measurements, duration: result.duration)
    }

    /// The state, and what there is to say about it beyond the plugin's own words.
    private static func verdict(
        _ ending: ProcessResult.Ending, _ timeout: Duration
    ) -> (CheckState, remark: String?) {
        switch ending {
        case .exited(0): (.ok, nil)
        case .exited(1): (.warning, nil)
        case .exited(2): (.critical, nil)
        case .exited(3): (.unknown, nil)
        case .exited(let code): (.unknown, "Exit code \(code) is no Nagios state\(hint(code))")
        case .signalled(let signal):
            (.unknown, "Killed by signal \(signal) (\(String(cString: strsignal(signal))))")
        case .timedOut:
            // The program, not what it looks at, is known to be slow: that is UNKNOWN by the rules.
            (.unknown, "Timeout after \(timeout.milliseconds) ms, killed")
        case .failedToStart(let reason): (.unknown, "Cannot start: \(reason)")
        }
    }

    private static func hint(_ code: Int32) -> String {
        switch code {
        case 126: " (a shell says so of a file that it may not execute)"
        case 127: " (a shell says so of a command that it does not find)"
        case 129...192: " (a shell says so of a command that signal \(code - 128) killed)"
        default: ""
        }
    }

    private static func line(
        _ remark: String?, _ output: PluginOutput, _ result: ProcessResult
    ) -> String {
        var words = output.line
        if words.isEmpty {
            // A program that fails before it can follow the rules complains on its standard error.
            words = PluginOutput(parsing: result.stderr).line
        }
        guard let remark else { return words.isEmpty ? "No output" : words }
        return words.isEmpty ? remark : "\(remark): \(words)"
    }

    private static func long(_ output: PluginOutput, _ result: ProcessResult) -> String {
        var lines = output.long.isEmpty ? [] : [output.long]
        let skipped = output.performance.skipped
        if skipped > 0 {
            lines.append("(\(Readable.count(skipped, "malformed performance value")) skipped)")
        }
        if result.truncated { lines.append("(the output was too long and is cut)") }
        return lines.joined(separator: "\n")
    }
}
