internal import OpsCore
internal import OpsJSONRPC

/// `check.update`: changes the members that are given and leaves the others.
struct UpdateCheck: Method {
    static let name = "check.update"
    static let summary = "Changes the given members of a check; its type stays."
    static let effect = Effect.write
    typealias Result = Check

    @Param("The check's ref or name.", .positional)
    var check: String
    @Param("A new name.", .present(.checkName))
    var name: String?
    @Param("The labels, all of them.")
    var labels: [String: String]?
    @Param("How often the check runs.", .present(.range(10...2_678_400_000)))
    var intervalMs: Int?
    @Param("How soon a soft problem is looked at again.", .present(.range(10...86_400_000)))
    var retryIntervalMs: Int?
    @Param("How long a run may take.", .present(.range(1...3_600_000)))
    var timeoutMs: Int?
    @Param(
        "After how many bad results in a row a problem is hard.", .present(.range(1...1000)))
    var maxAttempts: Int?
    @Param("The generation that the change is based on; an older one than the check's is refused.")
    var generation: Int?
    @Members var members: JSON.Object
}
