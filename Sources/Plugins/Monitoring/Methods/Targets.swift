internal import OpsCore
internal import OpsJSONRPC

/// `target.create`; also the form in which a desired state names its targets.
struct CreateTarget: Method {
    static let name = "target.create"
    static let summary = "Creates a target, for which matching templates make checks."
    static let effect = Effect.write
    typealias Result = Target

    @Param("The target's unique name.", .positional, .checkName, .example("web1"))
    var name: String
    @Param("Its host name or address; the name when left out.", .present(.length(1...255)))
    var address: String?
    @Param("Labels that templates match, and that all checks of the target have.")
    var labels: [String: String] = [:]
}

/// `target.get`.
struct GetTarget: Method {
    static let name = "target.get"
    static let summary = "Shows a target."
    static let effect = Effect.read
    typealias Result = Target

    @Param("The target's ref or name.", .positional)
    var target: String
}

/// `target.list`.
struct ListTargets: Method {
    static let name = "target.list"
    static let summary = "Lists targets by name."
    static let effect = Effect.read
    static let columns = ["name", "address", "checks", "labels"]
    typealias Result = Page<Target>

    @Param(
        "Only targets with these labels: \(LabelSelector.forms).",
        .example("role=router"))
    var label: String?
    @Param("Only targets whose names begin so.")
    var name: String?
    @Param("How many targets to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `target.update`.
struct UpdateTarget: Method {
    static let name = "target.update"
    static let summary = "Changes a target, and with it the checks that templates make for it."
    static let effect = Effect.write
    typealias Result = Target

    @Param("The target's ref or name.", .positional)
    var target: String
    @Param("A new name.", .present(.checkName))
    var name: String?
    @Param("A new host name or address.", .present(.length(1...255)))
    var address: String?
    @Param("The labels, all of them.")
    var labels: [String: String]?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
}

/// `target.delete`.
struct DeleteTarget: Method {
    static let name = "target.delete"
    static let summary = "Deletes a target with the checks that templates made for it."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The target's ref or name.", .positional)
    var target: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
