internal import OpsCore

/// Deletes a check: `check.delete`.
struct DeleteCheck: Method {
    static let name = "check.delete"
    static let summary = "Deletes a check with its history."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("The generation that the caller has seen; an older one than the check's is refused.")
    var generation: Int?
    @Param("Whether it is deleted although other checks name it as a parent or a member.")
    var force: Bool = false
}
