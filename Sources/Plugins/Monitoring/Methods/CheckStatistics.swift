internal import OpsCore

/// Counts checks, states and runs: `check.stats`.
struct CheckStatistics: Method {
    static let name = "check.stats"
    static let summary = "Says how many checks there are in which states and how punctual they run."
    static let effect = Effect.read

    /// The numbers since the start.
    struct Result: Codable, Sendable {
        var checks: Int
        var paused: Int
        var states: [String: Int]
        var running: Int
        var runs: Int
        var latenessMs: Lateness
        /// Results whose states the store has not taken yet.
        var unsaved: Int
    }

    /// How much later than planned the newest runs began.
    struct Lateness: Codable, Sendable {
        var p50: Double
        var p99: Double
        var max: Double
    }
}
