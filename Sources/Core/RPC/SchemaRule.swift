internal import OpsJSONRPC
internal import OpsPattern

/// One rule of a JSON schema; a rule that is not about the kind of the value has no complaint.
enum SchemaRule: Sendable {
    case nothing
    case type([String])
    case oneValue([JSON])
    case dateTime
    case pattern(Pattern)
    case required([String])
    case properties([(name: String, schema: JSONSchema)])
    /// Members that `properties` does not name; nil allows none.
    case others(than: [String], JSONSchema?)
    case items(JSONSchema)
    case uniqueItems
    case minLength(Int)
    case maxLength(Int)
    case minItems(Int)
    case maxItems(Int)
    case minimum(Double, isExclusive: Bool)
    case maximum(Double, isExclusive: Bool)
    case multiple(of: Double)
    case anyOf([JSONSchema])
    case oneOf([JSONSchema])
    case allOf([JSONSchema])
    case not(JSONSchema)

    /// The rule of a keyword whose value is a size.
    static func size(_ keyword: String, _ value: Int) -> SchemaRule {
        switch keyword {
        case "minItems": .minItems(value)
        case "maxItems": .maxItems(value)
        case "minLength": .minLength(value)
        default: .maxLength(value)
        }
    }

    /// The rule of a keyword whose value is a bound.
    static func bound(_ keyword: String, _ value: Double) -> SchemaRule {
        switch keyword {
        case "minimum": .minimum(value, isExclusive: false)
        case "maximum": .maximum(value, isExclusive: false)
        case "exclusiveMinimum": .minimum(value, isExclusive: true)
        case "exclusiveMaximum": .maximum(value, isExclusive: true)
        default: .multiple(of: value)
        }
    }
}

// MARK: - Complaints

extension SchemaRule {
    typealias Complaints = [RPCError.FieldError]

    func complaints(about value: JSON, at path: String) -> Complaints {
        switch self {
        case .required, .properties, .others:
            value.object.map { complaints(about: $0, at: path) } ?? []
        case .items(let schema):
            (value.array ?? []).enumerated()
                .flatMap { schema.complaints(about: $1, at: "\(path)[\($0)]") }
        case .allOf(let schemas):
            schemas.flatMap { $0.complaints(about: value, at: path) }
        default:
            complaint(about: value).map { [RPCError.FieldError(path: path, reason: $0)] } ?? []
        }
    }

    private func complaints(about members: JSON.Object, at path: String) -> Complaints {
        let prefix = path.isEmpty ? "" : "\(path)."
        switch self {
        case .required(let names):
            return names.filter { members[$0] == nil }
                .map { RPCError.FieldError(path: prefix + $0, reason: "is required") }
        case .properties(let properties):
            return properties.flatMap { property in
                members[property.name].map {
                    property.schema.complaints(about: $0, at: prefix + property.name)
                } ?? []
            }
        case .others(let known, let schema):
            return members.filter { !known.contains($0.key) }
                .flatMap { Self.complaints(aboutOther: $0, than: known, schema, prefix) }
        default: return []
        }
    }

    private static func complaints(
        aboutOther member: JSON.Object.Element, than known: [String], _ schema: JSONSchema?,
        _ prefix: String
    ) -> Complaints {
        let place = prefix + member.key
        if let schema { return schema.complaints(about: member.value, at: place) }
        let hint = Spelling.nearest(member.key, among: known).map { "; did you mean \($0)?" } ?? ""
        return [RPCError.FieldError(path: place, reason: "is not a member\(hint)")]
    }

    /// What the rule says about a value as a whole.
    private func complaint(about value: JSON) -> String? {
        switch self {
        case .nothing: "is not allowed"
        case .type(let names): Self.matches(value, names) ? nil : "must be \(Self.list(names))"
        case .oneValue(let values):
            values.contains(value) ? nil : "must be \(Self.list(values.map(\.text)))"
        case .dateTime, .pattern, .minLength, .maxLength:
            value.string.flatMap { complaint(aboutText: $0) }
        case .uniqueItems, .minItems, .maxItems: value.array.flatMap { complaint(aboutList: $0) }
        case .minimum, .maximum, .multiple: value.double.flatMap { complaint(aboutNumber: $0) }
        case .anyOf(let schemas):
            schemas.contains { $0.accepts(value) } ? nil : "is none of what is allowed"
        case .oneOf(let schemas): complaint(aboutChoices: schemas.count { $0.accepts(value) })
        case .not(let schema): schema.accepts(value) ? "is what is not allowed" : nil
        case .required, .properties, .others, .items, .allOf: nil
        }
    }

    private func complaint(aboutText text: String) -> String? {
        let length = text.unicodeScalars.count
        return switch self {
        case .dateTime: Instant(text) == nil ? "must be a time such as 2026-01-31T12:00:00Z" : nil
        case .pattern(let pattern):
            Self.complaint(about: text, against: pattern)
        case .minLength(let least) where length < least:
            "must have at least \(least) characters, not \(length)"
        case .maxLength(let most) where length > most:
            "must have at most \(most) characters, not \(length)"
        default: nil
        }
    }

    private static func complaint(about text: String, against pattern: Pattern) -> String? {
        if text.utf8.count > pattern.maxBytes {
            return "must have at most \(pattern.maxBytes) bytes to be held against a pattern"
        }
        return pattern.isFound(in: text) ? nil : "must match \(pattern.text)"
    }

    private func complaint(aboutList list: [JSON]) -> String? {
        switch self {
        case .uniqueItems: Set(list).count == list.count ? nil : "must not name anything twice"
        case .minItems(let least) where list.count < least:
            "must have at least \(least) elements, not \(list.count)"
        case .maxItems(let most) where list.count > most:
            "must have at most \(most) elements, not \(list.count)"
        default: nil
        }
    }

    private func complaint(aboutNumber number: Double) -> String? {
        switch self {
        case .minimum(let bound, false) where number < bound: "must be at least \(Self.text(bound))"
        case .minimum(let bound, true) where number <= bound: "must be above \(Self.text(bound))"
        case .maximum(let bound, false) where number > bound: "must be at most \(Self.text(bound))"
        case .maximum(let bound, true) where number >= bound: "must be below \(Self.text(bound))"
        case .multiple(let step) where !Self.isMultiple(number, of: step):
            "must be a multiple of \(Self.text(step))"
        default: nil
        }
    }

    private func complaint(aboutChoices matching: Int) -> String? {
        switch matching {
        case 1: nil
        case 0: "is none of what is allowed"
        default: "is several things of which only one is allowed"
        }
    }

    // MARK: - Values

    private static func matches(_ value: JSON, _ types: [String]) -> Bool {
        switch value {
        case .null: types.contains("null")
        case .bool: types.contains("boolean")
        case .string: types.contains("string")
        case .array: types.contains("array")
        case .object: types.contains("object")
        case .number(let number):
            types.contains("number") || types.contains("integer") && isIntegral(number)
        }
    }

    private static func isIntegral(_ number: JSON.Number) -> Bool {
        number.int != nil || number.double == number.double.rounded() && number.double.isFinite
    }

    /// With a tolerance, because 0.3 is no multiple of 0.1 in binary.
    private static func isMultiple(_ number: Double, of step: Double) -> Bool {
        let quotient = number / step
        return abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
    }

    private static func text(_ number: Double) -> String { JSON.Number(number).text }

    private static func list(_ words: [String]) -> String { words.joined(separator: " or ") }
}
