public import OpsJSONRPC

extension MethodDeclaration {
    /// Reads one element of a manifest's `methods`.
    ///
    /// `params` is the JSON schema of an object: its properties become the fields, in their order.
    /// A property may carry `x-positional`, `x-rest` and `x-secret` (or `writeOnly`).
    ///
    /// - Throws: ``OpsJSONRPC/RPCError`` `invalid_params` with the path of everything that is wrong.
    public init(manifest: JSON.Object) throws(RPCError) {
        let reader = try ManifestMethod(manifest)
        self.init(
            name: reader.name, summary: reader.summary, effect: reader.effect,
            isIdempotent: reader.isIdempotent, params: reader.params,
            resultSchema: reader.result, columns: reader.columns, deprecated: reader.deprecated,
            errors: reader.errors, examples: reader.examples)
    }
}

/// One element of a manifest's `methods`, read member by member.
private struct ManifestMethod {
    let name: String
    let summary: String
    let effect: Effect
    let isIdempotent: Bool
    let params: TextualParams
    let result: JSON.Object
    let columns: [String]
    let deprecated: Deprecation?
    let errors: [ErrorDeclaration]
    let examples: [JSON]

    private static let members: Set<String> = [
        "name", "summary", "params", "result", "scope", "effect", "idempotent", "deprecated",
        "errors", "examples", "columns",
    ]

    init(_ text: JSON.Object) throws(RPCError) {
        for (name, _) in text where !Self.members.contains(name) {
            throw .badField(
                name, RPCError.unknownMemberReason(name, among: Self.members.sorted()))
        }
        name = try Self.name(text["name"])
        summary = text["summary"]?.string ?? "Calls \(name)."
        let effect = try Self.effect(text["effect"])
        self.effect = effect
        isIdempotent = text["idempotent"]?.bool ?? (effect == .read)
        params = try Self.params(text["params"])
        result = try Self.result(text["result"])
        columns = (text["columns"]?.array ?? []).compactMap(\.string)
        deprecated = try Self.value(Deprecation.self, text, "deprecated")
        errors = try Self.errors(text["errors"])
        examples = text["examples"]?.array ?? []
    }

    // MARK: - Members

    private static func name(_ json: JSON?) throws(RPCError) -> String {
        let text = json?.string ?? ""
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count >= 2, text.utf8.count <= 64, words.allSatisfy(isWord) else {
            throw .badField("name", "must be noun.verb in small letters, digits and _")
        }
        return text
    }

    private static func isWord(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return false }
        return word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }

    /// What a plugin does not say is taken for a write, so that nothing slips through as a read.
    private static func effect(_ json: JSON?) throws(RPCError) -> Effect {
        guard let json else { return .write }
        guard let effect = json.string.flatMap(Effect.init) else {
            throw .badField("effect", "must be read, write or destroy")
        }
        return effect
    }

    private static func result(_ json: JSON?) throws(RPCError) -> JSON.Object {
        guard let json else { return ["type": "object"] }
        try RPCError.under("result") { () throws(RPCError) in _ = try JSONSchema(json) }
        return json.object ?? JSON.Object()
    }

    private static func errors(_ json: JSON?) throws(RPCError) -> [ErrorDeclaration] {
        var errors: [ErrorDeclaration] = []
        for (index, element) in (json?.array ?? []).enumerated() {
            guard let code = element["code"]?.int, let kind = element["kind"]?.string else {
                throw .badField("errors[\(index)]", "must have a code and a kind")
            }
            guard code >= 2000 else {
                throw .badField("errors[\(index)].code", "must be 2000 or more, not \(code)")
            }
            errors.append(
                ErrorDeclaration(
                    code: code, kind: kind, message: element["message"]?.string ?? kind))
        }
        return errors
    }

    private static func value<T: Decodable>(
        _ type: T.Type, _ text: JSON.Object, _ name: String
    ) throws(RPCError) -> T? {
        guard let json = text[name] else { return nil }
        do {
            return try json.decode(type)
        } catch let error as DecodingError {
            throw .invalidParams([error.fieldError(under: name)])
        } catch {
            throw .badField(name, "\(error)")
        }
    }

    // MARK: - Parameters

    private static func params(_ json: JSON?) throws(RPCError) -> TextualParams {
        guard let json else { return TextualParams([]) }
        guard let schema = json.object, schema["type"] == nil || schema["type"] == "object" else {
            throw .badField("params", "must be the schema of an object")
        }
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return try RPCError.under("params") { () throws(RPCError) in
            let whole = try JSONSchema(json)
            var fields: [FieldSpec] = []
            for (name, property) in schema["properties"]?.object ?? JSON.Object() {
                fields.append(try field(name, property, isRequired: required.contains(name)))
            }
            return TextualParams(
                fields, whole: whole, allowsOthers: allowsOthers(schema["additionalProperties"]))
        }
    }

    /// A misspelt member is never let through silently: others must be asked for.
    private static func allowsOthers(_ json: JSON?) -> Bool { json != nil && json != false }

    private static func field(
        _ name: String, _ property: JSON, isRequired: Bool
    ) throws(RPCError) -> FieldSpec {
        var schema = property.object ?? JSON.Object()
        var traits = FieldTraits()
        traits.isPositional = schema["x-positional"]?.bool ?? false
        traits.isRest = schema["x-rest"]?.bool ?? false
        traits.isSecret = schema["x-secret"]?.bool ?? schema["writeOnly"]?.bool ?? false
        let help = schema["description"]?.string ?? ""
        let defaultValue = schema["default"]
        // These stand in the field itself; rpc.discover puts them where OpenRPC has them.
        for key in ["description", "default", "writeOnly", "x-positional", "x-rest", "x-secret"] {
            schema[key] = nil
        }
        return try FieldSpec(
            name: name, help: help, schema: schema, isRequired: isRequired,
            defaultValue: defaultValue, traits: traits)
    }
}
