internal import OpsCore

/// Decides what echoes and their absence mean.
struct ICMPRules: Sendable {
    let host: String
    let lossPercent: Limits
    /// Held against the average round trip.
    let seconds: Limits

    /// Returns state, words and measurements.
    func judge(_ outcome: ICMPOutcome, seconds taken: Double) -> CheckResult {
        switch outcome {
        case .noAddress(let reason):
            return CheckResult(host, [Problem(.critical, reason)], seconds: taken)
        case .sent(_, let report) where report.isCancelled:
            return CheckResult(
                "Cancelled", [Problem(.unknown, "not all packets were waited for")], seconds: taken)
        case .sent(let address, let report):
            if let obstacle = report.obstacle {
                return CheckResult(
                    "Cannot ping \(host)", [Problem(.unknown, obstacle)], seconds: taken)
            }
            return CheckResult(
                summary(address, report), problems(report), measurements: measurements(report),
                seconds: taken)
        }
    }

    private func summary(_ address: IPAddress?, _ report: PingReport) -> String {
        let known = address.map { $0.description } ?? host
        let name = known == host ? host : "\(host) (\(known))"
        let trips = report.roundTrips
        guard let average = Self.average(trips) else { return "\(name) does not answer" }
        let sent = report.packets.count
        return "\(name) answered \(trips.count) of \(Readable.count(sent, "packet")) in "
            + Readable.milliseconds(average)
    }

    private func problems(_ report: PingReport) -> [Problem] {
        let loss = Self.lossPercent(report)
        var problems: [Problem] = []
        let state = lossPercent.state(of: loss)
        if state != .ok {
            let words = report.reason.map { ", \($0)" } ?? ""
            problems.append(Problem(state, "\(Readable.percent(loss / 100)) lost\(words)"))
        }
        return problems + (Self.average(report.roundTrips).map(seconds.slowness) ?? [])
    }

    private func measurements(_ report: PingReport) -> [Measurement] {
        let trips = report.roundTrips
        var values = [
            Measurement(
                label: "loss", value: Self.lossPercent(report), unit: "%",
                warning: lossPercent.warning.map(NagiosRange.atMost),
                critical: lossPercent.critical.map(NagiosRange.atMost), min: 0, max: 100)
        ]
        guard let average = Self.average(trips) else { return values }
        values += [
            Measurement(label: "rtt_min", value: trips.min(), unit: "s", min: 0),
            seconds.measurement("rtt_avg", seconds: average),
            Measurement(label: "rtt_max", value: trips.max(), unit: "s", min: 0),
        ]
        if let hopLimit = report.hopLimit {
            values.append(Measurement(label: "ttl", value: Double(hopLimit), min: 0, max: 255))
        }
        return values
    }

    private static func average(_ trips: [Double]) -> Double? {
        trips.isEmpty ? nil : trips.reduce(0, +) / Double(trips.count)
    }

    private static func lossPercent(_ report: PingReport) -> Double {
        let sent = report.packets.count
        return sent == 0 ? 0 : Double(sent - report.roundTrips.count) * 100 / Double(sent)
    }
}
