internal import OpsCore

/// Stops running a check for a while: `check.pause`.
struct PauseCheck: Method {
    static let name = "check.pause"
    static let summary = "Stops running a check until it is resumed; its state stays."
    static let effect = Effect.write
    typealias Result = Check

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("The generation that the caller has seen; an older one than the check's is refused.")
    var generation: Int?
}
