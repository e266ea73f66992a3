/// Limits on a time in seconds.
extension Limits {
    /// Takes the limits from members in milliseconds.
    init(warningMs: Int?, criticalMs: Int?) {
        self.init(
            warning: warningMs.map { Double($0) / 1000 },
            critical: criticalMs.map { Double($0) / 1000 })
    }

    /// What there is to say about a time that reached a limit.
    func slowness(_ seconds: Double) -> [Problem] {
        let state = state(of: seconds)
        guard state != .ok, let limit = state == .critical ? critical : warning else { return [] }
        return [Problem(state, "slower than \(Readable.milliseconds(limit))")]
    }

    /// The time as a measurement.
    func measurement(_ label: String, seconds: Double?) -> Measurement {
        Measurement(
            label: label, value: seconds, unit: "s", warning: warning.map(NagiosRange.atMost),
            critical: critical.map(NagiosRange.atMost), min: 0)
    }
}
