internal import OpsCore

/// Stands in for a stored check whose members this version does not understand: it stays visible
/// as unknown and can be corrected or deleted.
struct UnusableCheck: CheckKind {
    static let kind = "unusable"
    static let summary = "Stands in for a check that cannot be read."

    private struct Silent: Probe {
        let reason: String

        func run(timeout: Duration) async -> CheckResult {
            CheckResult(state: .unknown, output: "The check's definition is unusable: \(reason)")
        }
    }

    private let reason: Reason

    /// Not a member: nobody configures it.
    private struct Reason: Sendable {
        var text = ""
    }

    init() { reason = Reason() }

    init(reason: String) { self.reason = Reason(text: reason) }

    init(from decoder: any Decoder) throws { self.init() }

    func makeProbe(_ tools: ProbeTools) throws -> any Probe { Silent(reason: reason.text) }
}
