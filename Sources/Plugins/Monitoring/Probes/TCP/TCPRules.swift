internal import OpsJSONRPC

/// Decides what a conversation means.
struct TCPRules: Sendable {
    let target: TCPTarget
    let expect: String?
    let seconds: Limits
    /// What is asked of certificates, when TLS is spoken.
    var tls: TLSRules?

    /// Returns state, words and measurements.
    func judge(_ outcome: TCPOutcome, now: Instant) -> CheckResult {
        var (state, output) = verdict(outcome)
        let problems = certificateProblems(outcome, now)
        if outcome.ending == .complete, !problems.isEmpty {
            state = CheckState.worst(of: [state] + problems.map(\.state))
            output += ": \(problems.map(\.text).joined(separator: "; "))"
        }
        return CheckResult(
            state: state, output: output, measurements: measurements(outcome),
            duration: .seconds(outcome.totalSeconds), phases: phases(outcome))
    }

    private func certificateProblems(_ outcome: TCPOutcome, _ now: Instant) -> [Problem] {
        if let obstacle = outcome.obstacle { return [Problem(.unknown, obstacle)] }
        guard let tls, let introduction = outcome.introduction else { return [] }
        return tls.problems(introduction, outcome.verdict, now)
    }

    private func phases(_ outcome: TCPOutcome) -> [Phase] {
        let secure = tls == nil ? [] : [("tls", outcome.secureSeconds)]
        return Phase.parts(
            [("connect", outcome.connectSeconds)] + secure + [("answer", outcome.totalSeconds)],
            total: outcome.totalSeconds)
    }

    private func verdict(_ outcome: TCPOutcome) -> (CheckState, String) {
        let time = Readable.milliseconds(outcome.totalSeconds)
        switch outcome.ending {
        case .complete:
            let state = seconds.state(of: outcome.totalSeconds)
            let words =
                expect == nil
                ? "Connected to \(target) in \(time)" : "\(target) answered in \(time)"
            let limit = state == .critical ? seconds.critical : seconds.warning
            return state == .ok
                ? (.ok, words)
                : (state, "\(words), slower than \(Readable.milliseconds(limit ?? 0))")
        case .notConnected(let reason):
            return (.critical, "\(target): \(reason)")
        case .closed:
            return (.critical, "\(target) closed the connection\(missing(outcome))")
        case .broken(let reason):
            return (.critical, "The connection to \(target) broke: \(reason)")
        case .insecure(let reason):
            return (.critical, "The TLS handshake with \(target) failed: \(reason)")
        case .timedOut:
            return (
                .critical,
                outcome.connectSeconds == nil
                    ? "Timeout after \(time) connecting to \(target)"
                    : "Timeout after \(time) waiting for \(target)\(missing(outcome))"
            )
        case .cancelled:
            return (.unknown, "Cancelled")
        }
    }

    private func missing(_ outcome: TCPOutcome) -> String {
        guard let expect else { return "" }
        let said = PluginOutput.presentable(
            String(decoding: outcome.received.prefix(400), as: UTF8.self)
                .split(whereSeparator: \.isNewline).joined(separator: " "), max: 100)
        return " without saying \"\(expect)\""
            + (said.isEmpty ? "; it said nothing" : "; it said \"\(said)\"")
    }

    private func measurements(_ outcome: TCPOutcome) -> [Measurement] {
        let total = seconds.measurement("time_total", seconds: outcome.totalSeconds)
        guard let connect = outcome.connectSeconds else { return [total] }
        let times = [("time_connect", connect), ("time_tls", outcome.secureSeconds)]
        return [total]
            + times.compactMap { label, time in
                time.map { Measurement(label: label, value: $0, unit: "s", min: 0) }
            }
    }
}
