import OpsJSONRPC

/// Compares an answer with the schema that its method declares: types, required members, and
/// members that the schema does not know.
enum SchemaCheck {
    static func complaints(
        about value: JSON, against schema: JSON, at place: String
    ) -> [String] {
        guard let type = schema["type"]?.string else { return [] }
        guard matches(value, type) else { return ["\(place) is no \(type): \(value.text)"] }
        if let list = schema["enum"]?.array, !list.contains(value) {
            return ["\(place) is not in the list: \(value.text)"]
        }
        switch value {
        case .object(let members): return complaints(members, schema, place)
        case .array(let items):
            let inner = schema["items"] ?? [:]
            return items.flatMap { complaints(about: $0, against: inner, at: place + "[]") }
        default: return []
        }
    }

    private static func complaints(
        _ members: JSON.Object, _ schema: JSON, _ place: String
    ) -> [String] {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        let missing = required.filter { members[$0] == nil }.map { "\(place) lacks \($0)" }
        return missing
            + members.flatMap { (name, value) -> [String] in
                let property = schema["properties"]?[name] ?? schema["additionalProperties"]
                if let property {
                    return complaints(about: value, against: property, at: "\(place).\(name)")
                }
                return schema["properties"] == nil ? [] : ["\(place).\(name) is not declared"]
            }
    }

    private static func matches(_ value: JSON, _ type: String) -> Bool {
        switch type {
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "integer": value.int != nil
        case "number": value.double != nil
        case "boolean": value.bool != nil
        default: false
        }
    }
}
