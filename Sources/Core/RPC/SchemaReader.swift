internal import OpsJSONRPC
internal import OpsPattern

/// Turns the text of a JSON schema into rules and collects what is wrong with it.
struct SchemaReader {
    private(set) var errors: [RPCError.FieldError] = []

    /// What a schema may say besides its rules.
    private static let annotations: Set<String> = [
        "title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated",
        "$schema", "$id", "$comment",
    ]
    private static let types: Set<String> = [
        "object", "array", "string", "integer", "number", "boolean", "null",
    ]

    mutating func rules(of json: JSON, at path: String) -> [SchemaRule] {
        switch json {
        case .bool(true): return []
        case .bool(false): return [.nothing]
        case .object(let members): return rules(of: members, at: path)
        default:
            complain(path, "must be an object, true or false")
            return []
        }
    }

    private mutating func rules(of members: JSON.Object, at path: String) -> [SchemaRule] {
        var rules: [SchemaRule] = []
        for (keyword, value) in members where !isAnnotation(keyword) {
            let place = path.isEmpty ? keyword : "\(path).\(keyword)"
            if let rule = rule(keyword, value, members, place) { rules.append(rule) }
        }
        return rules
    }

    private func isAnnotation(_ keyword: String) -> Bool {
        Self.annotations.contains(keyword) || keyword.hasPrefix("x-")
    }

    private mutating func rule(
        _ keyword: String, _ value: JSON, _ members: JSON.Object, _ place: String
    ) -> SchemaRule? {
        switch keyword {
        case "type": return type(value, place)
        case "enum": return list(value, place).map(SchemaRule.oneValue)
        case "const": return .oneValue([value])
        case "format": return format(value, place)
        case "pattern": return pattern(value, place)
        case "required": return names(value, place).map(SchemaRule.required)
        case "properties": return properties(value, place)
        case "additionalProperties":
            let known = members["properties"]?.object?.keys ?? []
            return .others(than: known, value == false ? nil : schema(value, place))
        case "items": return .items(schema(value, place))
        case "uniqueItems": return flag(value, place) ? .uniqueItems : nil
        case "minItems", "maxItems", "minLength", "maxLength":
            return count(value, place).flatMap { SchemaRule.size(keyword, $0) }
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
            return number(keyword, value, place).flatMap { SchemaRule.bound(keyword, $0) }
        case "anyOf", "oneOf", "allOf": return combination(keyword, value, place)
        case "not": return .not(schema(value, place))
        default:
            complain(place, "is a keyword that is not known here")
            return nil
        }
    }

    // MARK: - Keywords

    private mutating func type(_ value: JSON, _ place: String) -> SchemaRule? {
        let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
        guard !names.isEmpty, names.allSatisfy(Self.types.contains) else {
            complain(place, "must be one of \(Self.types.sorted().joined(separator: ", "))")
            return nil
        }
        return .type(names)
    }

    private mutating func format(_ value: JSON, _ place: String) -> SchemaRule? {
        if value.string == "date-time" { return .dateTime }
        complain(place, "can only be date-time")
        return nil
    }

    private mutating func pattern(_ value: JSON, _ place: String) -> SchemaRule? {
        guard let text = value.string else {
            complain(place, "must be a regular expression")
            return nil
        }
        do {
            return .pattern(try Pattern(text))
        } catch {
            complain(place, "is no regular expression: \(error)")
            return nil
        }
    }

    private mutating func names(_ value: JSON, _ place: String) -> [String]? {
        let names = value.array?.compactMap(\.string)
        guard let names, names.count == value.array?.count else {
            complain(place, "must be a list of names")
            return nil
        }
        return names
    }

    private mutating func properties(_ value: JSON, _ place: String) -> SchemaRule? {
        guard let members = value.object else {
            complain(place, "must be an object")
            return nil
        }
        return .properties(members.map { ($0.key, schema($0.value, "\(place).\($0.key)")) })
    }

    private mutating func combination(
        _ keyword: String, _ value: JSON, _ place: String
    ) -> SchemaRule? {
        guard let list = list(value, place) else { return nil }
        let schemas = list.enumerated().map { schema($1, "\(place)[\($0)]") }
        switch keyword {
        case "anyOf": return .anyOf(schemas)
        case "oneOf": return .oneOf(schemas)
        default: return .allOf(schemas)
        }
    }

    // MARK: - Values

    private mutating func schema(_ json: JSON, _ place: String) -> JSONSchema {
        JSONSchema(rules: rules(of: json, at: place))
    }

    private mutating func list(_ value: JSON, _ place: String) -> [JSON]? {
        guard let list = value.array, !list.isEmpty else {
            complain(place, "must be a list that is not empty")
            return nil
        }
        return list
    }

    private mutating func flag(_ value: JSON, _ place: String) -> Bool {
        if value.bool == nil { complain(place, "must be true or false") }
        return value.bool ?? false
    }

    private mutating func count(_ value: JSON, _ place: String) -> Int? {
        guard let count = value.int, count >= 0 else {
            complain(place, "must be an integer that is not negative")
            return nil
        }
        return count
    }

    private mutating func number(_ keyword: String, _ value: JSON, _ place: String) -> Double? {
        guard let number = value.double, keyword != "multipleOf" || number > 0 else {
            complain(place, "must be a number\(keyword == "multipleOf" ? " above 0" : "")")
            return nil
        }
        return number
    }

    private mutating func complain(_ path: String, _ reason: String) {
        errors.append(RPCError.FieldError(path: path, reason: reason))
    }
}
