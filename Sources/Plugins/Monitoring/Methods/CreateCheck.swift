internal import OpsCore
internal import OpsJSONRPC

/// `check.create`; also the form in which `plugins.json` names its checks.
struct CreateCheck: Method {
    static let name = "check.create"
    static let summary = "Creates a check; its type decides which further members it has."
    static let effect = Effect.write
    typealias Result = Check

    @Param("The check's unique name.", .checkName, .example("web"))
    var name: String
    @Param("What kind of thing the check looks at.", .checkType)
    var type: String
    @Param("Labels to group and find checks by.")
    var labels: [String: String] = [:]
    @Param("How often the check runs.", .range(10...2_678_400_000))
    var intervalMs: Int = 60_000
    @Param(
        "How soon a soft problem is looked at again; 10 s, or the interval if that is shorter.",
        .present(.range(10...86_400_000)))
    var retryIntervalMs: Int?
    @Param(
        "How long a run may take; 10 s, or the interval if that is shorter.",
        .present(.range(1...3_600_000)))
    var timeoutMs: Int?
    @Param(
        "After how many bad results in a row a problem is hard; 3, and 1 for a heartbeat or a composite.",
        .present(.range(1...1000)))
    var maxAttempts: Int?
    @Members var members: JSON.Object
}

extension ParamRule where Value == String {
    /// The text is one of the types of checks; the catalog refuses others.
    fileprivate static var checkType: Self {
        Self(describe: { traits in
            traits.schema["enum"] = .array(CheckCatalog.standard.types.map { .string($0) })
        })
    }
}
