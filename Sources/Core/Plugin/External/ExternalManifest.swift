internal import OpsJSONRPC

/// What an external plugin says about itself: the answer to `plugin.describe`.
struct ExternalManifest: Sendable {
    /// What the host and the plugin may do beyond what every plugin does.
    enum Feature: String, Codable, CaseIterable, Sendable {
        case validate, reload, health, cancel, progress
        /// Its writing methods do nothing when they are told that the call is a rehearsal.
        case dryRun = "dry_run"
    }

    let manifest: Manifest
    let protocols: [Int]
    /// The least host that the plugin works with, as `>=0.2`.
    let requiredHost: String?
    /// Why the plugin does not want to run here.
    let disableReason: String?
    let features: Set<Feature>
    let configSchema: JSONSchema?
    /// The settings that are not to be shown.
    let secretSettings: Set<String>
    /// As it was given, to tell whether another run of the plugin says the same.
    let text: JSON
    let claims: PluginClaims

    /// Reads a manifest.
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` with the path of everything that is wrong.
    init(json: JSON) throws(RPCError) {
        guard let members = json.object else { throw .badField("", "must be an object") }
        let file = try FieldSet(ManifestFile.self).decode(members)
        let requires = try RPCError.under("requires") { () throws(RPCError) in
            try FieldSet(ManifestRequirements.self).decode(file.requires)
        }
        let hooks = try ManifestFile.each(file.hooks, "hooks", HookFile.self)
        let events = try ManifestFile.each(file.events, "events", EventFile.self)
        let parts = try ManifestFile.each(
            file.contributions, "contributions", ContributionFile.self)
        let routes = try ManifestFile.each(file.routes, "routes", RouteFile.self)
        protocols = file.protocol
        requiredHost = requires.host
        disableReason = file.disable
        features = Set(file.features)
        configSchema = try file.configSchema.map { schema throws(RPCError) in
            try RPCError.under("config_schema") { () throws(RPCError) in try JSONSchema(schema) }
        }
        secretSettings = Self.secrets(in: file.configSchema)
        text = json
        claims = PluginClaims(
            calls: requires.call, subscribes: requires.subscribe,
            emits: requires.emit + events.map(\.topic),
            hooks: requires.hooks + hooks.map(\.name), store: requires.store,
            routes: routes.map(\.declaration))
        manifest = Manifest(
            name: file.name, version: file.version, summary: file.summary,
            methods: try ManifestFile.methods(file.methods),
            events: events.map { EventDeclaration($0.topic.description, $0.summary) },
            calls: requires.call.map(\.description),
            subscribes: requires.subscribe.map(\.description),
            emits: requires.emit.map(\.description),
            hooks: hooks.map(\.declaration),
            contributions: parts.map(\.declaration),
            routes: routes.map(\.declaration))
    }

    private static func secrets(in schema: JSON?) -> Set<String> {
        let properties = schema?["properties"]?.object ?? JSON.Object()
        let secret = properties.filter {
            $0.value["writeOnly"] == true || $0.value["x-secret"] == true
        }
        return Set(secret.map(\.key))
    }

    /// Refuses what is not the plugin's own: a plugin owns the names that begin with its own.
    func refuseForeign() throws(RPCError) {
        var fields: [RPCError.FieldError] = []
        let prefix = manifest.name + "."
        for (index, method) in manifest.methods.enumerated() where !method.name.hasPrefix(prefix) {
            fields.append(
                .init(path: "methods[\(index)].name", reason: "must begin with \(prefix)"))
        }
        for (index, event) in manifest.events.enumerated() where !event.topic.hasPrefix(prefix) {
            fields.append(
                .init(path: "events[\(index)].topic", reason: "must begin with \(prefix)"))
        }
        var names: Set<String> = []
        for (index, method) in manifest.methods.enumerated()
        where !names.insert(method.name).inserted {
            fields.append(.init(path: "methods[\(index)].name", reason: "stands twice"))
        }
        for (index, route) in manifest.routes.enumerated() where !names.contains(route.method) {
            fields.append(
                .init(path: "routes[\(index)].method", reason: "is no method of the plugin"))
        }
        let readers = Set(manifest.methods.filter { $0.effect == .read }.map(\.name))
        for (index, part) in manifest.contributions.enumerated()
        where !readers.contains(part.method) {
            fields.append(
                .init(
                    path: "contributions[\(index)].method",
                    reason: "is no method of the plugin that reads"))
        }
        guard fields.isEmpty else { throw .invalidParams(fields) }
    }
}

/// The members of a manifest.
private struct ManifestFile: Declared {
    @Param("The versions of the protocol that it speaks.") var `protocol`: [Int]
    @Param("The plugin's name.") var name: String
    @Param("Its version.", .length(1...64)) var version: String
    @Param("What it is for.", .length(0...200)) var summary: String = ""
    @Param("Why it does not want to run here.") var disable: String?
    @Param("What it can do beyond the rest.") var features: [ExternalManifest.Feature] = []
    @Param("What it wants from the host.") var requires: JSON.Object = [:]
    @Param("The JSON schema of its settings.") var configSchema: JSON?
    @Param("Its methods.", .bounded) var methods: [JSON]
    @Param("Its events.", .bounded) var events: [JSON] = []
    @Param("Its hooks.", .bounded) var hooks: [JSON] = []
    @Param("What it adds to pages about records.", .bounded) var contributions: [JSON] = []
    @Param("Its HTTP routes.", .bounded) var routes: [JSON] = []

    static func each<T: Declared>(
        _ list: [JSON], _ name: String, _ type: T.Type
    ) throws(RPCError) -> [T] {
        let fields = FieldSet(type)
        var result: [T] = []
        for (index, element) in list.enumerated() {
            result.append(
                try RPCError.under("\(name)[\(index)]") { () throws(RPCError) in
                    guard let members = element.object else {
                        throw RPCError.badField("", "must be an object")
                    }
                    return try fields.decode(members)
                })
        }
        return result
    }

    static func methods(_ list: [JSON]) throws(RPCError) -> [MethodDeclaration] {
        var methods: [MethodDeclaration] = []
        for (index, element) in list.enumerated() {
            methods.append(
                try RPCError.under("methods[\(index)]") { () throws(RPCError) in
                    guard let members = element.object else {
                        throw RPCError.badField("", "must be an object")
                    }
                    return try MethodDeclaration(manifest: members)
                })
        }
        return methods
    }
}

private struct ManifestRequirements: Declared {
    @Param("The least host.") var host: String?
    @Param("Methods that it calls.", .bounded) var call: [Scope] = []
    @Param("Topics that it listens to.", .bounded) var subscribe: [Scope] = []
    @Param("Topics that it announces.", .bounded) var emit: [Scope] = []
    @Param("Hooks that it takes part in.", .bounded) var hooks: [Scope] = []
    @Param("Whether it keeps values.") var store: Bool = false
}

private struct EventFile: Declared {
    @Param("The topic.", .noPattern) var topic: Scope
    @Param("When it is announced.") var summary: String = ""
    @Param("The JSON schema of its data.") var schema: JSON?
}

private struct HookFile: Declared {
    // A pattern would be asked about nothing, even where no call may pass without it.
    @Param("The hook's name.", .noPattern) var name: Scope
    @Param("Who is asked after it.") var before: [String] = []
    @Param("Who is asked before it.") var after: [String] = []
    @Param("What the payload must have.") var filter: JSON.Object = [:]

    var declaration: HookDeclaration {
        HookDeclaration(name.description, before: before, after: after, filter: filter)
    }
}

private struct ContributionFile: Declared {
    @Param("The part of the page.", .length(1...60)) var section: String
    @Param("What stands there.", .length(0...200)) var summary: String = ""
    @Param("The nouns of the records that it is about.") var nouns: [String]
    @Param("Its method that shows the same.") var method: String

    var declaration: ContributionDeclaration {
        ContributionDeclaration(section, summary, about: nouns, seenLike: method)
    }
}

private struct RouteFile: Declared {
    @Param("The path.") var path: String
    @Param("The method.") var method: String
    @Param("Whether callers need no token.") var `public`: Bool = false

    var declaration: RouteDeclaration {
        RouteDeclaration(path: path, method: method, isPublic: `public`)
    }
}

extension ParamRule<Scope> {
    /// One name and not many.
    fileprivate static var noPattern: Self {
        Self(complaint: { $0.isPattern ? "must be one name, not the pattern \($0)" : nil })
    }
}

extension ParamRule where Value: Collection {
    /// As many as a plugin may have of anything: each costs time on the loop at every start, which
    /// a large manifest must not stop.
    fileprivate static var bounded: Self {
        Self(complaint: { $0.count > 500 ? "has \($0.count) elements; 500 are allowed" : nil })
    }
}
