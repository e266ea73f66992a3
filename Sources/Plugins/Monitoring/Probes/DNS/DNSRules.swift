/// Decides what the answer of a DNS server means.
struct DNSRules: Sendable {
    let question: DNSQuestion
    /// The server in words; nil for the system's.
    let server: String?
    let responseCode: DNSResponseCode
    /// In their normal form.
    let answers: [String]
    let match: DNSAnswerMatch
    let counts: ClosedRange<Int>
    let minSerial: UInt32?
    let needsAuthority: Bool
    let seconds: Limits

    /// Returns state, words and measurements.
    func judge(_ outcome: DNSOutcome) -> CheckResult {
        let (summary, problems) = verdict(outcome)
        return CheckResult(
            summary, problems, measurements: measurements(outcome), seconds: outcome.seconds)
    }

    private func verdict(_ outcome: DNSOutcome) -> (String, [Problem]) {
        let place = server ?? "The system's DNS server"
        let time = Readable.milliseconds(outcome.seconds)
        return switch outcome.ending {
        case .answered(let message):
            (
                "\(summary(message)) in \(time)",
                problems(message) + seconds.slowness(outcome.seconds)
            )
        case .malformed(let reason):
            (place, [Problem(.critical, "the answer cannot be read, \(reason)")])
        case .failed(let reason):
            (place, [Problem(.critical, reason)])
        case .timedOut:
            (place, [Problem(.critical, "no answer to \(question) within \(time)")])
        case .impossible(let reason):
            ("Cannot ask for \(question)", [Problem(.unknown, reason)])
        case .cancelled:
            ("Cancelled", [Problem(.unknown, "\(question) was not asked for")])
        }
    }

    // MARK: - The answer

    /// The records that were asked for; the aliases on the way to them do not count.
    private func records(_ message: DNSMessage) -> [DNSRecord] {
        message.answers.filter { $0.type == question.type.number }
    }

    private func summary(_ message: DNSMessage) -> String {
        guard message.responseCode == 0 else {
            return "\(question) is \(DNSResponseCode.name(of: message.responseCode))"
        }
        let texts = records(message).map(\.text)
        guard !texts.isEmpty else { return "\(question) has no answers" }
        let shown = texts.prefix(3).map { PluginOutput.presentable($0, max: 100) }
        let rest = texts.count - shown.count
        return "\(question) is \(shown.joined(separator: ", "))"
            + (rest > 0 ? " and \(Readable.count(rest, "more answer"))" : "")
    }

    private func problems(_ message: DNSMessage) -> [Problem] {
        var complaints: [String] = []
        if message.responseCode != responseCode.number {
            complaints = ["expected \(DNSResponseCode.name(of: responseCode.number))"]
        } else {
            if needsAuthority, !message.isAuthoritative {
                complaints.append("the server has no authority for it")
            }
            if responseCode == .noerror { complaints += contentComplaints(records(message)) }
        }
        return complaints.map { Problem(.critical, $0) }
    }

    private func contentComplaints(_ records: [DNSRecord]) -> [String] {
        countComplaints(records.count) + matchComplaints(records.map(\.text))
            + serialComplaints(records)
    }

    private func countComplaints(_ count: Int) -> [String] {
        if count < counts.lowerBound {
            return ["expected \(Readable.count(counts.lowerBound, "answer")) at least"]
        }
        return count > counts.upperBound
            ? ["expected \(Readable.count(counts.upperBound, "answer")) at most, not \(count)"] : []
    }

    private func matchComplaints(_ found: [String]) -> [String] {
        guard !answers.isEmpty else { return [] }
        let missing = answers.filter { !found.contains($0) }
        let strange = found.filter { !answers.contains($0) }
        switch match {
        case .any:
            return missing.count < answers.count
                ? [] : ["expected \(answers.joined(separator: " or "))"]
        case .all:
            return Self.complaint("missing", missing)
        case .exactly:
            return Self.complaint("missing", missing) + Self.complaint("not expected", strange)
        }
    }

    private static func complaint(_ word: String, _ texts: [String]) -> [String] {
        texts.isEmpty
            ? [] : ["\(word): \(PluginOutput.presentable(texts.joined(separator: ", "), max: 200))"]
    }

    private func serialComplaints(_ records: [DNSRecord]) -> [String] {
        guard let minSerial, let serial = records.compactMap(\.serial).first else { return [] }
        // RFC 1982: the difference, taken as a signed number, says which one comes later.
        return Int32(bitPattern: serial &- minSerial) >= 0
            ? [] : ["the serial \(serial) is behind \(minSerial)"]
    }

    // MARK: - Measurements

    private func measurements(_ outcome: DNSOutcome) -> [Measurement] {
        let time = seconds.measurement("time_total", seconds: outcome.seconds)
        guard case .answered(let message) = outcome.ending else { return [time] }
        let records = records(message)
        var values = [
            time,
            Measurement(label: "dns_rcode", value: Double(message.responseCode)),
            Measurement(label: "answers", value: Double(records.count), min: 0),
        ]
        if let ttl = records.map(\.ttl).min() {
            values.append(Measurement(label: "ttl_min", value: Double(ttl), unit: "s", min: 0))
        }
        if let serial = records.compactMap(\.serial).first {
            values.append(Measurement(label: "serial", value: Double(serial)))
        }
        return values
    }
}
