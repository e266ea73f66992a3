internal import OpsCore
internal import OpsJSONRPC

/// A manifest that the host wrote as text.
struct HostManifest: Sendable {
    let manifest: Manifest
    let settings: JSONSchema?

    init(parsing text: String) throws {
        let json: JSON
        do {
            json = try JSON.parse(text, .init(duplicateKeys: .reject))
        } catch {
            throw EmbedError(.parseError("The manifest is not JSON: \(error)."))
        }
        let members = try FieldSet(ManifestText.self).decode(json)
        manifest = Manifest(
            name: members.name, version: members.version, summary: members.summary,
            methods: try members.methods.enumerated().map {
                try Self.method($1, at: $0, of: members.name)
            },
            events: try members.events.enumerated().map {
                try Self.event($1, at: $0, of: members.name)
            })
        settings = try members.configSchema.map { try JSONSchema($0) }
    }

    private static func method(
        _ json: JSON, at index: Int, of plugin: String
    ) throws(RPCError) -> MethodDeclaration {
        let place = "methods[\(index)]"
        guard let members = json.object else { throw .badField(place, "must be an object") }
        let method: MethodDeclaration
        do {
            method = try MethodDeclaration(manifest: members)
        } catch {
            throw .invalidParams(
                "The manifest is wrong.",
                fields: error.fields.map {
                    RPCError.FieldError(path: "\(place).\($0.path)", reason: $0.reason)
                })
        }
        guard method.name.hasPrefix(plugin + ".") else {
            throw .badField("\(place).name", "must begin with \(plugin).")
        }
        return method
    }

    private static func event(
        _ json: JSON, at index: Int, of plugin: String
    ) throws(RPCError) -> EventDeclaration {
        let place = "events[\(index)].topic"
        guard let topic = json["topic"]?.string else { throw .badField(place, "is required") }
        guard topic.hasPrefix(plugin + ".") else {
            throw .badField(place, "must begin with \(plugin).")
        }
        return EventDeclaration(topic, json["summary"]?.string ?? "")
    }
}

/// The members of a manifest that mean something for a plugin of the host.
private struct ManifestText: Declared {
    @Param("The plugin's name.", .length(1...64)) var name: String
    @Param("The plugin's version.", .length(1...64)) var version: String
    @Param("One sentence that says what it is for.") var summary: String = ""
    @Param("The protocols that it speaks.") var `protocol`: [Int] = [1]
    @Param("The schema of its settings.") var configSchema: JSON?
    @Param("The methods that it answers.") var methods: [JSON] = []
    @Param("The events that it announces.") var events: [JSON] = []
}
