internal import OpsCore
internal import OpsJSONRPC

/// What a plugin's type says about itself, as the wire wants it.
enum PluginDescription {
    /// The manifest, the answer to `plugin.describe`.
    static func manifest(of plugin: any Plugin.Type) -> JSON {
        let manifest = plugin.manifest
        var features: [JSON] = ["validate", "health", "cancel", "progress", "dry_run"]
        if plugin is any Reloads.Type { features.append("reload") }
        var members: JSON.Object = [
            "protocol": [1], "name": .string(manifest.name), "version": .string(manifest.version),
            "summary": .string(manifest.summary), "features": .array(features),
            "config_schema": configSchema(of: plugin),
            "methods": .array(manifest.methods.map(describe)),
        ]
        if !manifest.events.isEmpty {
            members["events"] = .array(
                manifest.events.map {
                    ["topic": .string($0.topic), "summary": .string($0.summary)]
                })
        }
        let requires = requirements(of: manifest)
        if !requires.isEmpty { members["requires"] = .object(requires) }
        if !manifest.hooks.isEmpty { members["hooks"] = .array(manifest.hooks.map(describe)) }
        if !manifest.contributions.isEmpty {
            members["contributions"] = .array(manifest.contributions.map(describe))
        }
        if !manifest.routes.isEmpty { members["routes"] = .array(manifest.routes.map(describe)) }
        return .object(members)
    }

    private static func requirements(of manifest: Manifest) -> JSON.Object {
        let claims = [
            ("call", manifest.calls), ("subscribe", manifest.subscribes), ("emit", manifest.emits),
        ]
        var members = JSON.Object()
        for (name, scopes) in claims where !scopes.isEmpty {
            members[name] = .array(scopes.map(JSON.string))
        }
        return members
    }

    private static func describe(_ hook: HookDeclaration) -> JSON {
        var members: JSON.Object = ["name": .string(hook.name)]
        if !hook.before.isEmpty { members["before"] = .array(hook.before.map(JSON.string)) }
        if !hook.after.isEmpty { members["after"] = .array(hook.after.map(JSON.string)) }
        if !hook.filter.isEmpty { members["filter"] = .object(hook.filter) }
        return .object(members)
    }

    private static func describe(_ part: ContributionDeclaration) -> JSON {
        [
            "section": .string(part.section), "summary": .string(part.summary),
            "nouns": .array(part.nouns.map(JSON.string)), "method": .string(part.method),
        ]
    }

    private static func describe(_ route: RouteDeclaration) -> JSON {
        [
            "path": .string(route.path), "method": .string(route.method),
            "public": .bool(route.isPublic),
        ]
    }

    /// What is wrong with settings.
    static func complaints(
        about config: JSON, for plugin: any Plugin.Type
    ) -> [RPCError.FieldError] {
        check(config, plugin)
    }

    private static func check<P: Plugin>(_ config: JSON, _ type: P.Type) -> [RPCError.FieldError] {
        do throws(RPCError) {
            guard case .object(let members) = config else {
                throw .invalidRequest("must be an object")
            }
            try P.validate(FieldSet(P.Settings.self).decode(members))
            return []
        } catch {
            return error.fields.isEmpty
                ? [RPCError.FieldError(path: "", reason: error.message)] : error.fields
        }
    }

    // MARK: - Schemas

    private static func configSchema<P: Plugin>(of type: P.Type) -> JSON {
        schema(of: FieldSet(P.Settings.self).fields)
    }

    private static func describe(_ method: MethodDeclaration) -> JSON {
        var members: JSON.Object = [
            "name": .string(method.name), "summary": .string(method.summary),
            "params": schema(of: method.fields), "result": .object(method.resultSchema),
            "effect": .string(method.effect.rawValue), "idempotent": .bool(method.isIdempotent),
        ]
        if !method.columns.isEmpty {
            members["columns"] = .array(method.columns.map(JSON.string))
        }
        if !method.examples.isEmpty { members["examples"] = .array(method.examples) }
        if let deprecated = method.deprecated { members["deprecated"] = describe(deprecated) }
        if !method.errors.isEmpty {
            members["errors"] = .array(
                method.errors.map {
                    [
                        "code": .number(JSON.Number($0.code)), "kind": .string($0.kind),
                        "message": .string($0.message),
                    ]
                })
        }
        return .object(members)
    }

    private static func describe(_ deprecation: Deprecation) -> JSON {
        var members: JSON.Object = [
            "since": .string(deprecation.since), "removal": .string(deprecation.removal),
        ]
        members["use"] = deprecation.use.map(JSON.string)
        return .object(members)
    }

    private static func schema(of fields: [FieldSpec]) -> JSON {
        var properties = JSON.Object()
        for field in fields { properties[field.name] = schema(of: field) }
        let required = fields.filter { $0.isRequired && $0.traits.appliesTo.isEmpty }
        var members: JSON.Object = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { members["required"] = .array(required.map { .string($0.name) }) }
        members["additionalProperties"] = false
        return .object(members)
    }

    private static func schema(of field: FieldSpec) -> JSON {
        var schema = field.fullSchema.object ?? JSON.Object()
        if field.traits.isPositional { schema["x-positional"] = true }
        if field.traits.isRest { schema["x-rest"] = true }
        if field.traits.isSecret { schema["x-secret"] = true }
        return .object(schema)
    }
}
