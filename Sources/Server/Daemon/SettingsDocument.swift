internal import OpsBundle
internal import OpsCore
internal import OpsJSONRPC
internal import OpsTransport
internal import OpsWeb

/// What `plugins.json` may say, read off the declarations; `scripts/docs.sh` makes a page of it.
enum SettingsDocument {
    static var text: String { document.prettyText }

    private static var document: JSON {
        [
            "file": describe(Configuration.fields),
            "plugin": describe(Configuration.pluginFields),
            "core": describe(FieldSet(CoreSettings.self).fields),
            "server": describe(FieldSet(ServerSettings.self).fields),
            "http": describe(FieldSet(WebSettings.self).fields),
            "tls": describe(FieldSet(TLSSettings.self).fields),
            "access": describe(AccessSettings.fields),
            "role": describe(AccessSettings.roleFields),
            "plugins": .array(bundledPlugins.map { plugin($0) }),
        ]
    }

    private static func plugin<P: Plugin>(_ type: P.Type) -> JSON {
        let manifest = P.manifest
        return [
            "name": .string(manifest.name),
            "summary": .string(manifest.summary),
            "config": describe(FieldSet(P.Settings.self).fields),
            "events": .array(
                manifest.events.map {
                    ["topic": .string($0.topic), "summary": .string($0.summary)]
                }),
        ]
    }

    private static func describe(_ fields: [FieldSpec]) -> JSON {
        .array(
            fields.map { field in
                [
                    "name": .string(field.name), "required": .bool(field.isRequired),
                    "schema": field.fullSchema,
                ]
            })
    }
}
