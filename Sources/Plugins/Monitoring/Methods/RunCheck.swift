internal import OpsCore

/// Runs a check now: `check.run`.
struct RunCheck: Method {
    static let name = "check.run"
    static let summary = "Runs a check now and answers its new state."
    static let effect = Effect.write
    typealias Result = Check

    @Param("The check's ref or name.", .positional)
    var check: String
}
