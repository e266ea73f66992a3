import OpsJSONRPC

/// The structural rules of the published OpenRPC 1.3.2 schema, as far as they concern what we
/// write: which members an object must have, which it may have, and the rules that span members.
struct OpenRPCRules {
    private(set) var complaints: [String] = []

    static func complaints(about document: JSON) -> [String] {
        var rules = OpenRPCRules()
        rules.check(document)
        return rules.complaints
    }

    private mutating func check(_ document: JSON) {
        object(
            document, "document", required: ["openrpc", "info", "methods"],
            optional: ["servers", "components", "externalDocs", "$schema"])
        expect(document["openrpc"] == "1.3.2", "openrpc is \(document["openrpc"]?.text ?? "-")")
        object(
            document["info"], "info", required: ["title", "version"],
            optional: ["description", "termsOfService", "contact", "license"])
        if let license = document["info"]?["license"] {
            object(license, "info.license", required: [], optional: ["name", "url"])
        }
        let methods = document["methods"]?.array ?? []
        expect(document["methods"]?.array != nil, "methods is no array")
        unique(methods, "methods")
        for method in methods { check(method: method) }
    }

    private mutating func check(method: JSON) {
        let place = method["name"]?.string ?? "a method without a name"
        object(
            method, place, required: ["name", "params"],
            optional: [
                "description", "summary", "servers", "tags", "paramStructure", "result", "errors",
                "links", "examples", "deprecated", "externalDocs",
            ])
        strings(method, place, ["name", "description", "summary"])
        for tag in method["tags"]?.array ?? [] {
            object(
                tag, "\(place) tag", required: ["name"],
                optional: ["summary", "description", "externalDocs"])
        }
        if let structure = method["paramStructure"]?.string {
            expect(["by-name", "by-position", "either"].contains(structure), "\(place) structure")
        }
        let params = method["params"]?.array ?? []
        unique(params, "\(place) params")
        for param in params { check(descriptor: param, in: place) }
        if let result = method["result"] { check(descriptor: result, in: "\(place) result") }
        let required = params.map { $0["required"] == true }
        expect(
            required == required.sorted { $0 && !$1 }, "\(place): a required param is not first")
    }

    private mutating func check(descriptor: JSON, in method: String) {
        let place = "\(method).\(descriptor["name"]?.string ?? "?")"
        object(
            descriptor, place, required: ["name", "schema"],
            optional: ["summary", "description", "required", "deprecated"])
        strings(descriptor, place, ["name", "description", "summary"])
        if let required = descriptor["required"] {
            expect(required.bool != nil, "\(place).required is no boolean")
        }
        check(schema: descriptor["schema"] ?? .null, in: place)
    }

    /// What draft-07 says about the members that we use.
    private mutating func check(schema: JSON, in place: String) {
        guard let members = schema.object else {
            return expect(schema.bool != nil, "\(place): a schema is an object or a boolean")
        }
        let types = ["null", "boolean", "object", "array", "number", "string", "integer"]
        if let type = members["type"] {
            expect(types.contains(type.string ?? ""), "\(place): there is no type \(type.text)")
        }
        for name in ["minLength", "maxLength", "minItems", "maxItems"] {
            if let bound = members[name] { expect((bound.int ?? -1) >= 0, "\(place).\(name)") }
        }
        for name in ["minimum", "maximum"] {
            if let bound = members[name] { expect(bound.double != nil, "\(place).\(name)") }
        }
        for name in ["enum", "examples"] {
            if let list = members[name] { expect(list.array?.isEmpty == false, "\(place).\(name)") }
        }
        for (name, property) in members["properties"]?.object ?? [:] {
            check(schema: property, in: "\(place).\(name)")
        }
        let required = members["required"]?.array?.compactMap(\.string) ?? []
        expect(Set(required).count == required.count, "\(place): required names repeat")
        for nested in ["items", "additionalProperties"] {
            if let inner = members[nested] { check(schema: inner, in: "\(place).\(nested)") }
        }
    }

    // MARK: - Rules

    private mutating func expect(_ holds: Bool, _ complaint: String) {
        if !holds { complaints.append(complaint) }
    }

    private mutating func object(
        _ value: JSON?, _ place: String, required: [String], optional: [String]
    ) {
        guard let members = value?.object else { return expect(false, "\(place) is no object") }
        for name in required where members[name] == nil {
            expect(false, "\(place) lacks \(name)")
        }
        for name in members.keys where !(required + optional).contains(name) {
            expect(name.hasPrefix("x-"), "\(place) has the unknown member \(name)")
        }
    }

    private mutating func strings(_ value: JSON, _ place: String, _ names: [String]) {
        for name in names {
            if let member = value[name] {
                expect(member.string != nil, "\(place).\(name) is no string")
            }
        }
    }

    private mutating func unique(_ items: [JSON], _ place: String) {
        let names = items.compactMap { $0["name"]?.string }
        expect(Set(names).count == names.count, "\(place): names repeat")
    }
}
