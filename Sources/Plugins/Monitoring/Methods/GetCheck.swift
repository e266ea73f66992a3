internal import OpsCore

/// Shows one check: `check.get`.
struct GetCheck: Method {
    static let name = "check.get"
    static let summary = "Shows a check with its state and last result."
    static let effect = Effect.read
    typealias Result = Check

    @Param("The check's ref or name.", .positional)
    var check: String
}
