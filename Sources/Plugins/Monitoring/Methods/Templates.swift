internal import OpsCore
internal import OpsJSONRPC

/// `check.template.create`.
struct CreateTemplate: Method {
    static let name = "check.template.create"
    static let summary = "Creates a template, which makes a check for every target that it matches."
    static let effect = Effect.write
    typealias Result = Template

    @Param("The template's unique name.", .positional, .checkName, .example("ping"))
    var name: String
    @Param(
        "The targets by their labels: \(LabelSelector.forms); all when left out.",
        .example("role=router,site!=lab"))
    var match: String = ""
    @Members var members: JSON.Object
}

/// `check.template.get`.
struct GetTemplate: Method {
    static let name = "check.template.get"
    static let summary = "Shows a template."
    static let effect = Effect.read
    typealias Result = Template

    @Param("The template's ref or name.", .positional)
    var template: String
}

/// `check.template.list`.
struct ListTemplates: Method {
    static let name = "check.template.list"
    static let summary = "Lists templates by name."
    static let effect = Effect.read
    static let columns = ["name", "type", "match", "checks"]
    typealias Result = Page<Template>

    @Param("Only templates whose names begin so.")
    var name: String?
    @Param("How many templates to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `check.template.update`.
struct UpdateTemplate: Method {
    static let name = "check.template.update"
    static let summary = "Changes the given members of a template, and with it its checks."
    static let effect = Effect.write
    typealias Result = Template

    @Param("The template's ref or name.", .positional)
    var template: String
    @Param("A new name; the checks are renamed.", .present(.checkName))
    var name: String?
    @Param("Other targets.")
    var match: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    @Members var members: JSON.Object
}

/// `check.template.delete`.
struct DeleteTemplate: Method {
    static let name = "check.template.delete"
    static let summary = "Deletes a template with the checks that it made."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The template's ref or name.", .positional)
    var template: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
}
