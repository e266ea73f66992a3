internal import OpsCore
internal import OpsJSONRPC

/// Runs a definition once: `check.test`.
///
/// Its members are those of `check.create`, which the declaration adds.
struct TestCheck: Method {
    static let name = "check.test"
    static let summary = "Runs a definition once and shows every phase; nothing is stored."
    static let effect = Effect.write
    typealias Result = Trial

    @Param("A name for the check, as its metrics would have it.", .present(.checkName))
    var name: String?
    @Param(
        "How many metrics to answer at most; metric_count counts them all.", .range(0...1_000_000))
    var limit: Int = 1000
    @Members var members: JSON.Object
}
