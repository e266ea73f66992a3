internal import OpsJSONRPC
internal import OpsPattern

/// What an `http` check wants of the answer.
struct HTTPExpectations: Sendable {
    var status: [ExpectedStatus] = []
    /// A text that the body contains.
    var body: String?
    /// What the body matches.
    var pattern: Pattern?
    var assertions: [ReadyAssertion] = []
    var certificateDays = Limits()
    var seconds = Limits()

    /// Whether the body itself is needed.
    var needsBody: Bool {
        body != nil || pattern != nil || assertions.contains(where: \.needsBody)
    }

    /// Something that is wrong with an answer.
    struct Finding: Sendable, Equatable {
        var state: CheckState
        var words: String
        /// Whether there is nothing to judge.
        var isMissing = false
    }

    /// Returns what is wrong with the body, and which assertions do not hold.
    ///
    /// Takes some milliseconds for a large body.
    func findings(in exchange: HTTPExchange) -> [Finding] {
        let complaint = complaint(about: exchange.body, isCut: exchange.isCut)
        var findings = complaint.map { [Finding(state: .critical, words: $0)] } ?? []
        var body = JSONBody(exchange)
        for (index, assertion) in assertions.enumerated() {
            let isMissing = assertion.lacksValue(in: exchange) { body.document }
            findings += assertion.complaints(about: exchange) { body.document }.map {
                Finding(
                    state: assertion.state, words: "assertions[\(index)]: \($0)",
                    isMissing: isMissing)
            }
        }
        return findings
    }

    /// Returns what is wrong with the body; `nil` when it is as it should be.
    ///
    /// Takes some milliseconds for a large body and a pattern.
    func complaint(about body: [UInt8], isCut: Bool) -> String? {
        let subject =
            isCut ? "the first \(Readable.bytes(Double(body.count))) of the body" : "the body"
        if let wanted = self.body, !ByteSearch.contains(body[...], Array(wanted.utf8)) {
            return "\(subject) does not contain \"\(wanted)\""
        }
        return pattern.flatMap { complaint(about: body, as: subject, against: $0) }
    }

    private func complaint(
        about body: [UInt8], as subject: String, against pattern: Pattern
    ) -> String? {
        if body.count > pattern.maxBytes {
            let most = Readable.bytes(Double(pattern.maxBytes))
            return "\(subject) is too long for /\(pattern.text)/, which takes \(most)"
        }
        return pattern.isFound(in: body) ? nil : "\(subject) does not match /\(pattern.text)/"
    }
}

extension HTTPExpectations {
    /// Decides how the answered request went; `findings` come from ``findings(in:)``.
    func judge(
        _ exchange: HTTPExchange, findings: [Finding] = [], now: Instant
    ) -> CheckResult {
        let measurements = measurements(exchange, now: now)
        let phases = exchange.timings.phases
        if let failure = exchange.failure {
            return CheckResult(
                state: failure.isOurs ? .unknown : .critical, output: failure.reason,
                measurements: measurements, phases: phases)
        }
        let problems =
            statusProblems(exchange) + findings.map { ($0.state, $0.words) }
            + certificateProblems(exchange, now: now) + slownessProblems(exchange)
        let answer =
            "HTTP \(exchange.status), \(Readable.bytes(Double(exchange.size)))"
            + " in \(Readable.milliseconds(exchange.timings.total))"
        let worstFirst = problems.sorted { $0.0.severity > $1.0.severity }.map(\.1)
        return CheckResult(
            state: CheckState.worst(of: problems.map(\.0)),
            // What is bad beside what is missing is bad.
            isMissing: problems.count == findings.count && findings.contains(where: \.isMissing)
                && findings.allSatisfy(\.isMissing),
            output: problems.isEmpty ? answer : "\(answer): \(worstFirst.joined(separator: "; "))",
            measurements: measurements, phases: phases)
    }

    private func statusProblems(_ exchange: HTTPExchange) -> [(CheckState, String)] {
        guard !status.contains(where: { $0.range.contains(exchange.status) }) else { return [] }
        return [(.critical, "expected \(status.map(\.description).joined(separator: " or "))")]
    }

    private func certificateProblems(
        _ exchange: HTTPExchange, now: Instant
    ) -> [(CheckState, String)] {
        guard let end = exchange.certificateEnd else { return [] }
        let days = Self.days(from: now, to: end)
        // Fewer days are worse, so the limits are compared upside down.
        let state = Limits(
            warning: certificateDays.warning.map(-), critical: certificateDays.critical.map(-)
        ).state(of: -days)
        guard state != .ok else { return [] }
        let left = Readable.age(seconds: abs(days) * 86_400)
        return [
            (
                state,
                days < 0
                    ? "the certificate expired \(left) ago" : "the certificate expires in \(left)"
            )
        ]
    }

    private func slownessProblems(_ exchange: HTTPExchange) -> [(CheckState, String)] {
        let state = seconds.state(of: exchange.timings.total)
        guard state != .ok else { return [] }
        let limit = (state == .critical ? seconds.critical : seconds.warning) ?? 0
        return [(state, "slower than \(Readable.milliseconds(limit))")]
    }

    private func measurements(_ exchange: HTTPExchange, now: Instant) -> [Measurement] {
        let timings = exchange.timings
        var values = [
            Measurement(
                label: "time_total", value: timings.total, unit: "s",
                warning: seconds.warning.map(NagiosRange.atMost),
                critical: seconds.critical.map(NagiosRange.atMost), min: 0),
            Measurement(label: "time_namelookup", value: timings.nameLookup, unit: "s", min: 0),
            Measurement(label: "time_connect", value: timings.connect, unit: "s", min: 0),
            Measurement(label: "time_ttfb", value: timings.firstByte, unit: "s", min: 0),
            Measurement(label: "size", value: Double(exchange.size), unit: "B", min: 0),
            Measurement(label: "http_status", value: Double(exchange.status)),
        ]
        if timings.tls > 0 {
            values.append(Measurement(label: "time_tls", value: timings.tls, unit: "s", min: 0))
        }
        if let end = exchange.certificateEnd {
            values.append(
                Measurement(
                    label: "cert_days", value: Self.days(from: now, to: end),
                    warning: certificateDays.warning.map(NagiosRange.atLeast),
                    critical: certificateDays.critical.map(NagiosRange.atLeast)))
        }
        return values
    }

    private static func days(from now: Instant, to end: Instant) -> Double {
        Double(end.milliseconds - now.milliseconds) / 86_400_000
    }
}
