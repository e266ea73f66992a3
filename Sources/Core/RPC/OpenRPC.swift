public import OpsJSONRPC

/// Writes the registry as an OpenRPC document, the answer of `rpc.discover`.
///
/// Format: OpenRPC 1.3.2 (spec.open-rpc.org). What OpenRPC has no word for stands in `x-` members:
/// `x-effect`, `x-owner`, `x-columns`, `x-command`, `x-idempotent`, `x-hook`, `x-deprecated` of a
/// method; `x-positional`, `x-rest`, `x-applies-to`, `x-required-for`, `x-secret` of a parameter.
public enum OpenRPC {
    /// Returns the document of every declared method.
    public static func document(of registry: MethodRegistry, version: String) -> JSON.Object {
        let methods = registry.declarations.map { describe($0.method, owner: $0.owner) }
        return [
            "openrpc": "1.3.2",
            "info": [
                "title": "OpsLoop", "version": .string(version),
                "description": "IT operations in one process.",
                "license": ["name": "Apache-2.0"],
            ],
            "methods": .array(methods),
        ]
    }

    private static func describe(_ method: MethodDeclaration, owner: String) -> JSON {
        var object: JSON.Object = [
            "name": .string(method.name),
            "summary": .string(method.summary),
            "tags": [["name": .string(method.noun)]],
            "paramStructure": "either",
            "params": .array(method.fields.map(describe)),
            "result": ["name": "result", "schema": .object(method.resultSchema)],
            "x-effect": .string(method.effect.rawValue),
            "x-owner": .string(owner),
            "x-idempotent": .bool(method.isIdempotent),
        ]
        object["x-hook"] = method.hook.map(JSON.string)
        if let deprecated = method.deprecated {
            object["deprecated"] = true
            object["x-deprecated"] = deprecated.json
        }
        if !method.errors.isEmpty { object["errors"] = .array(method.errors.map(\.json)) }
        if !method.examples.isEmpty { object["examples"] = .array(method.examples.map(pair)) }
        object["x-command"] = method.commandName.map(JSON.string)
        if !method.columns.isEmpty { object["x-columns"] = .array(method.columns.map(JSON.string)) }
        // Members that only some types have can't be told apart by position.
        if method.fields.contains(where: { !$0.traits.appliesTo.isEmpty }) {
            object["paramStructure"] = "by-name"
        }
        return .object(object)
    }

    /// An example in OpenRPC's form, whose parameters are a list.
    private static func pair(_ example: JSON) -> JSON {
        let params = example["params"]?.object ?? JSON.Object()
        var object: JSON.Object = [
            "name": example["name"] ?? "example",
            "params": .array(params.map { ["name": .string($0.key), "value": $0.value] }),
        ]
        if let result = example["result"] {
            object["result"] = ["name": "result", "value": result]
        }
        return .object(object)
    }

    private static func describe(_ field: FieldSpec) -> JSON {
        var object: JSON.Object = [
            "name": .string(field.name),
            "description": .string(field.help),
            "required": .bool(field.isRequired),
            "schema": field.fullSchema,
        ]
        if field.traits.isPositional { object["x-positional"] = true }
        if field.traits.isRest { object["x-rest"] = true }
        if field.traits.isSecret { object["x-secret"] = true }
        if !field.traits.appliesTo.isEmpty {
            object["x-applies-to"] = .array(field.traits.appliesTo.map(JSON.string))
        }
        if !field.traits.requiredFor.isEmpty {
            object["x-required-for"] = .array(field.traits.requiredFor.map(JSON.string))
        }
        return .object(object)
    }
}
