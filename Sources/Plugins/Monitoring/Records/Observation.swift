internal import OpsJSONRPC

/// The last thing that a check found.
struct Observation: Sendable, Equatable {
    var at: Instant
    var output: String
    var longOutput: String
    var duration: Duration
}

extension Observation {
    /// The most text that is kept of a result; the rest is cut off.
    private static let outputLimit = 4000
    private static let longOutputLimit = 32_000

    /// What a result said when it came in.
    init(_ result: CheckResult, at: Instant) {
        self.at = at
        output = String(result.output.prefix(Self.outputLimit))
        longOutput = String(result.longOutput.prefix(Self.longOutputLimit))
        duration = result.duration
    }
}
