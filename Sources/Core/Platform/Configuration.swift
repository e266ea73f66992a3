public import OpsJSONRPC

/// What `plugins.json` says: which plugins run with which settings, and the platform's own limits.
///
/// ```json
/// { "schema": 1,
///   "core": { "event_retention_days": 90 },
///   "server": { "max_connections": 256 },
///   "plugins": [ { "name": "monitoring", "config": { } } ] }
/// ```
public struct Configuration: Sendable {
    /// The core's settings.
    public var core: CoreSettings
    /// The server's settings, as written; the server reads them.
    public var server: JSON
    /// Who may do what.
    public var access: AccessSettings
    /// The plugins in the order of the file.
    public var plugins: [PluginConfiguration]

    /// Makes a configuration.
    public init(
        core: CoreSettings = CoreSettings(), server: JSON = [:],
        access: AccessSettings = AccessSettings(), plugins: [PluginConfiguration] = []
    ) {
        self.access = access
        self.core = core
        self.server = server
        self.plugins = plugins
    }

    /// Reads the text of `plugins.json`.
    ///
    /// - Throws: ``PluginError`` that names the place: the byte of a syntax error, or the key.
    public init(parsing text: String) throws(PluginError) {
        let document: JSON
        do {
            document = try JSON.parse(text, .init(duplicateKeys: .reject))
        } catch {
            throw Self.error([RPCError.FieldError(path: "", reason: "\(error)")], in: .null)
        }
        let top = try Self.decode(ConfigurationFile.self, document, in: document, at: "")
        guard top.schema == 1 else {
            throw Self.error(
                [RPCError.FieldError(path: "schema", reason: "must be 1")], in: document)
        }
        core = try Self.decode(CoreSettings.self, top.core, in: document, at: "core.")
        server = top.server
        access = try Self.read(in: document, at: "access.") { () throws(RPCError) in
            try AccessSettings(reading: top.access)
        }
        plugins = try Self.plugins(top.plugins, defaults: top.defaults, in: document)
        _ = try retentionRules(in: document)
        try refuseTwice(in: document)
    }

    /// The members of the file's top level.
    public static var fields: [FieldSpec] { FieldSet(ConfigurationFile.self).fields }

    /// The members of an entry of `plugins`.
    public static var pluginFields: [FieldSpec] { FieldSet(PluginEntry.self).fields }

    /// The rules among the core's settings for how long metrics are kept.
    ///
    /// - Throws: ``PluginError`` that names the rule and its member.
    func retentionRules(in document: JSON = .null) throws(PluginError) -> [RetentionRule] {
        let rules = core.metricRetentionRules
        return try Self.read(in: document, at: "core.") { () throws(RPCError) in
            try MetricRetentionRule.read(rules)
        }
    }

    private func refuseTwice(in document: JSON) throws(PluginError) {
        var seen: Set<String> = []
        for (index, plugin) in plugins.enumerated() where !seen.insert(plugin.name).inserted {
            let field = RPCError.FieldError(
                path: "plugins[\(index)].name", reason: "names a plugin for the second time")
            throw Self.error([field], in: document)
        }
    }

    static func decode<T: Declared>(
        _ type: T.Type, _ json: JSON, in document: JSON, at prefix: String
    ) throws(PluginError) -> T {
        try read(in: document, at: prefix) { () throws(RPCError) in
            guard case .object = json else { throw RPCError.invalidRequest("must be an object") }
            return try FieldSet(type).decode(json)
        }
    }

    private static func read<T>(
        in document: JSON, at prefix: String, _ body: () throws(RPCError) -> T
    ) throws(PluginError) -> T {
        do throws(RPCError) {
            return try body()
        } catch {
            let fields = error.fields.map {
                RPCError.FieldError(path: prefix + $0.path, reason: $0.reason)
            }
            let whole = RPCError.FieldError(
                path: prefix.isEmpty ? "the file" : String(prefix.dropLast()),
                reason: error.message)
            throw self.error(fields.isEmpty ? [whole] : fields, in: document)
        }
    }

    static func error(
        _ fields: [RPCError.FieldError], in document: JSON
    ) -> PluginError {
        .badSettings("plugins.json", fields, in: document)
    }
}

/// The top level of the file.
private struct ConfigurationFile: Declared {
    @Param("The version of the file's format.") var schema: Int
    @Param("The core's settings.") var core: JSON = [:]
    @Param("The server's settings and limits.") var server: JSON = [:]
    @Param("Who may do what: roles, and who has them.") var access: JSON = [:]
    @Param("The limits of every plugin that sets no others; see policy.") var defaults: JSON = [:]
    @Param("The plugins that run.") var plugins: [JSON]
}
