import OpsJSONRPC

/// What a parameter takes, read off its schema; the look of a value never decides.
indirect enum ValueType: Sendable, Equatable {
    case text
    case integer
    case number
    case boolean
    case instant
    /// Milliseconds on the wire, `10s` for a person.
    case duration
    case choice([String])
    case list(ValueType)
    case map(ValueType)
    case json

    init(schema: JSON?, name: String) {
        let schema = Self.withoutNull(schema)
        if let choices = schema?["enum"]?.array?.compactMap(\.string), !choices.isEmpty {
            self = .choice(choices)
            return
        }
        switch Self.typeName(schema) {
        case "string": self = schema?["format"]?.string == "date-time" ? .instant : .text
        case "integer": self = name.hasSuffix("_ms") ? .duration : .integer
        case "number": self = .number
        case "boolean": self = .boolean
        case "array": self = .list(ValueType(schema: schema?["items"], name: ""))
        case "object": self = Self.object(schema)
        default: self = .json
        }
    }

    /// Members of a known value type make a map (`k=v`); anything richer is typed as JSON.
    private static func object(_ schema: JSON?) -> ValueType {
        guard let values = schema?["additionalProperties"], values.object != nil else {
            return .json
        }
        let type = ValueType(schema: values, name: "")
        return type.isScalar ? .map(type) : .json
    }

    private static func typeName(_ schema: JSON?) -> String? {
        if let names = schema?["type"]?.array?.compactMap(\.string) {
            return names.first { $0 != "null" }
        }
        return schema?["type"]?.string
    }

    /// A schema that only adds "or null" is the schema beside it.
    private static func withoutNull(_ schema: JSON?) -> JSON? {
        let choices = schema?["anyOf"]?.array ?? schema?["oneOf"]?.array ?? []
        let real = choices.filter { $0["type"]?.string != "null" }
        return real.count == 1 ? real.first : schema
    }

    var isScalar: Bool {
        switch self {
        case .text, .integer, .number, .boolean, .instant, .duration, .choice: true
        case .list, .map, .json: false
        }
    }

    /// Whether giving the option twice adds to it.
    var isRepeatable: Bool {
        switch self {
        case .list, .map: true
        case .text, .integer, .number, .boolean, .instant, .duration, .choice, .json: false
        }
    }

    /// What stands for the value in a usage line.
    func placeholder(_ name: String) -> String {
        switch self {
        case .text: name.kebab.uppercased()
        case .integer, .number: "N"
        case .boolean: "true|false"
        case .instant: "TIME"
        case .duration: "DURATION"
        case .choice(let values): Self.brief(values, name)
        case .list(let element): element.placeholder(name.singular)
        case .map: "KEY=VALUE"
        case .json: "JSON"
        }
    }

    private static func brief(_ values: [String], _ name: String) -> String {
        let joined = values.joined(separator: "|")
        return joined.count <= 48 ? joined : name.kebab.uppercased()
    }

    /// What the type is called in an explanation.
    var title: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .instant: "time"
        case .duration: "milliseconds"
        case .choice(let values): values.joined(separator: "|")
        case .list(let element): "list of \(element.title)"
        case .map(let value): "map to \(value.title)"
        case .json: "JSON"
        }
    }
}
