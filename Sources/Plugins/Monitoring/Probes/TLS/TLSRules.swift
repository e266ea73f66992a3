internal import OpsJSONRPC
internal import OpsPattern

/// Decides what a handshake and its certificates mean.
struct TLSRules: Sendable {
    let target: TCPTarget
    /// What the certificate must be for.
    let name: String
    /// Whether the chain and the name must be well.
    let verifies: Bool
    /// The days that every certificate of the chain must have left.
    let days: Limits
    let minVersion: TLSVersion
    let cipher: Pattern?
    let seconds: Limits

    /// Returns state, words and measurements.
    func judge(_ outcome: TLSOutcome, now: Instant) -> CheckResult {
        let (summary, problems) = verdict(outcome, now)
        var result = CheckResult(
            summary, problems, measurements: measurements(outcome, now),
            seconds: outcome.totalSeconds)
        result.phases = Phase.parts(
            [
                ("connect", outcome.connectSeconds), ("tls", outcome.handshakeSeconds),
                ("verify", outcome.totalSeconds),
            ], total: outcome.totalSeconds)
        return result
    }

    private func verdict(_ outcome: TLSOutcome, _ now: Instant) -> (String, [Problem]) {
        let time = Readable.milliseconds(outcome.totalSeconds)
        let place = "\(target)"
        switch outcome.ending {
        case .notConnected(let reason): return (place, [Problem(.critical, reason)])
        case .notJudged(let reason):
            return ("Cannot judge the certificates of \(place)", [Problem(.unknown, reason)])
        case .conversation(let ending):
            switch ending {
            case .complete(let introduction):
                return (
                    "\(introduction.version?.description ?? "TLS") with \(place) in \(time)",
                    problems(introduction, outcome.verdict, now)
                        + seconds.slowness(outcome.totalSeconds)
                )
            case .refused(let words):
                let said = PluginOutput.presentable(words, max: 100)
                return (place, [Problem(.critical, "the server does not begin TLS: \(said)")])
            case .failed(let reason):
                return (place, [Problem(.critical, "the TLS handshake failed: \(reason)")])
            case .closed:
                return (place, [Problem(.critical, "the connection was closed before TLS began")])
            case .broken(let reason):
                return (place, [Problem(.critical, "the connection broke: \(reason)")])
            case .timedOut:
                let phase = outcome.connectSeconds == nil ? "connecting" : "in the TLS handshake"
                return (place, [Problem(.critical, "timeout after \(time) \(phase)")])
            case .cancelled: return ("Cancelled", [Problem(.unknown, "\(place) was not looked at")])
            }
        }
    }

    // MARK: - Problems

    /// What is wrong with what a server showed of itself.
    func problems(
        _ introduction: TLSIntroduction, _ verdict: ChainVerdict?, _ now: Instant
    ) -> [Problem] {
        var problems: [Problem] = []
        if let verdict {
            problems += dateProblems(verdict.chain, now)
            if verifies { problems += trustProblems(verdict) }
        }
        if let version = introduction.version, version < minVersion {
            problems.append(Problem(.critical, "\(version) is older than \(minVersion)"))
        }
        if let cipher, !cipher.isWhole(introduction.cipher) {
            let words = "the cipher \(introduction.cipher) does not match /\(cipher.text)/"
            problems.append(Problem(.critical, words))
        }
        return problems
    }

    private func trustProblems(_ verdict: ChainVerdict) -> [Problem] {
        let name =
            verdict.isForName ? nil : "the certificate is for another name than \(name)"
        return [verdict.distrust, name].compactMap { $0.map { Problem(.critical, $0) } }
    }

    private func dateProblems(_ chain: [Certificate], _ now: Instant) -> [Problem] {
        chain.enumerated().compactMap { index, certificate in
            let name = index == 0 ? "the certificate" : "the issuer's (\(certificate.subject))"
            if certificate.begins > now { return Problem(.critical, "\(name) is not valid yet") }
            let left = Self.days(from: now, to: certificate.ends)
            let state = state(left)
            guard state != .ok else { return nil }
            let age = Readable.age(seconds: abs(left) * 86_400)
            return Problem(
                state, left < 0 ? "\(name) expired \(age) ago" : "\(name) expires in \(age)")
        }
    }

    /// Fewer days are worse, so the limits are compared upside down.
    private func state(_ days: Double) -> CheckState {
        if days < 0 { return .critical }
        return Limits(
            warning: self.days.warning.map(-), critical: self.days.critical.map(-)
        ).state(of: -days)
    }

    // MARK: - Measurements

    private func measurements(_ outcome: TLSOutcome, _ now: Instant) -> [Measurement] {
        var values = [seconds.measurement("time_total", seconds: outcome.totalSeconds)]
        for (label, time) in [
            ("time_connect", outcome.connectSeconds), ("time_tls", outcome.handshakeSeconds),
        ] {
            guard let time else { continue }
            values.append(Measurement(label: label, value: time, unit: "s", min: 0))
        }
        if case .conversation(.complete(let introduction)) = outcome.ending,
            let version = introduction.version.flatMap({ Double($0.rawValue) })
        {
            values.append(Measurement(label: "tls_version", value: version))
        }
        if let end = outcome.verdict?.chain.map(\.ends).min() {
            values.append(
                Measurement(
                    label: "cert_days", value: Self.days(from: now, to: end),
                    warning: days.warning.map(NagiosRange.atLeast),
                    critical: days.critical.map(NagiosRange.atLeast)))
        }
        return values
    }

    private static func days(from now: Instant, to end: Instant) -> Double {
        Double(end.milliseconds - now.milliseconds) / 86_400_000
    }
}
