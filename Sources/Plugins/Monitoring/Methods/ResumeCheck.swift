internal import OpsCore

/// Runs a paused check again: `check.resume`.
struct ResumeCheck: Method {
    static let name = "check.resume"
    static let summary = "Runs a paused check again."
    static let effect = Effect.write
    typealias Result = Check

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("The generation that the caller has seen; an older one than the check's is refused.")
    var generation: Int?
}
