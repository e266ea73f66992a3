internal import OpsCore
internal import OpsJSONRPC

/// Tells a check a result that somebody else has found: `check.submit`.
struct SubmitCheck: Method {
    static let name = "check.submit"
    static let summary =
        "Tells a check a result, such as a heartbeat's, for which being called is the point."
    static let effect = Effect.write
    typealias Result = Check

    /// A verdict that a caller may submit: any state but pending.
    enum Verdict: String, Codable, CaseIterable, Sendable {
        case ok, warning, critical, unknown

        var state: CheckState {
            switch self {
            case .ok: .ok
            case .warning: .warning
            case .critical: .critical
            case .unknown: .unknown
            }
        }
    }

    /// A value that goes with the result.
    struct Value: Codable, Sendable {
        var label: String
        var value: Double
        var unit: String?
    }

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("How the thing is.")
    var state: Verdict = .ok
    @Param("One line that says more.", .length(0...4000))
    var output: String = ""
    @Param("Values to keep as metrics, each with label, value and unit.")
    var measurements: [Value] = []
    @Param("When it was found; now when left out. Older than the newest result is refused.")
    var at: Instant?
    @Param(
        "How long it holds: then a check looks by itself, and a heartbeat is overdue; an interval "
            + "when left out, and a heartbeat's grace.", .present(.range(1...2_678_400_000)))
    var freshForMs: Int?
}

extension SubmitCheck {
    /// The result as a probe would have found it.
    var result: CheckResult {
        CheckResult(
            state: state.state,
            output: output.isEmpty ? "Called in, \(state.rawValue)" : output,
            measurements: measurements.map {
                Measurement(label: $0.label, value: $0.value, unit: $0.unit ?? "")
            })
    }
}
