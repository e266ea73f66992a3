/// Looks at one thing and says how it is.
protocol Probe: Sendable {
    /// Looks once and answers within `timeout`, whatever happens: a failure to look is a result.
    ///
    /// Never blocks the loop. Cancelling the task ends the run early; its result means nothing then.
    func run(timeout: Duration) async -> CheckResult
}
