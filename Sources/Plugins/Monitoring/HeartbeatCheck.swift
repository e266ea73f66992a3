internal import OpsCore
internal import OpsJSONRPC

/// A check that waits to be called: critical when nobody does in time.
///
/// It does not look at anything itself; jobs and other hosts report through `check.submit`.
struct HeartbeatCheck: CheckKind {
    static let kind = "heartbeat"
    static let summary = "Waits for check.submit and is critical when nobody calls in time."

    @Param(
        "How much later than the interval a call may come.", .range(0...2_678_400_000))
    var graceMs: Int = 10_000

    /// How long after a call the next one is overdue.
    func patience(interval: Duration) -> Duration { interval + .milliseconds(graceMs) }

    /// What the check says once its deadline has passed.
    func overdue(interval: Duration) -> CheckResult {
        let seconds = patience(interval: interval).seconds
        return CheckResult(
            state: .critical, isMissing: true,
            output: "Nobody called: a call was expected at least every \(Self.text(seconds)) s")
    }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe {
        throw RPCError.conflict(
            "A heartbeat does not look by itself.", hint: "Feed it with check.submit.")
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }
}
