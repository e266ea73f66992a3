internal import OpsJSONRPC

/// The last thing that a check found.
///
/// An object, because a check refers to the same one as its newest, its stored and its shown result.
final class Observation: Sendable {
    let at: Instant
    let output: String
    let longOutput: String
    let duration: Duration

    init(at: Instant, output: String, longOutput: String, duration: Duration) {
        self.at = at
        self.output = output
        self.longOutput = longOutput
        self.duration = duration
    }
}

extension Observation {
    /// The most text that is kept of a result; the rest is cut off.
    private static let outputLimit = 4000
    private static let longOutputLimit = 32_000

    /// What a result said when it came in.
    convenience init(_ result: CheckResult, at: Instant) {
        self.init(
            at: at, output: Self.cut(result.output, Self.outputLimit),
            longOutput: Self.cut(result.longOutput, Self.longOutputLimit),
            duration: result.duration)
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        // To count characters takes a while; a text of fewer bytes has no more of them.
        text.utf8.count <= limit ? text : String(text.prefix(limit))
    }
}
