internal import OpsCore
internal import OpsJSONRPC

/// One thing that a check depends on: a check, or several of which one suffices.
///
/// On the wire it is a name or a ref, or `{"any_of": [...]}` with several.
struct ParentGroup: Codable, Sendable, Equatable {
    /// Names or refs of checks.
    var anyOf: [String]

    init(anyOf: [String]) { self.anyOf = anyOf }

    init(from decoder: any Decoder) throws {
        let json = try decoder.singleValueContainer().decode(JSON.self)
        if let name = json.string {
            anyOf = [name]
        } else if let object = json.object, object.count == 1,
            let names = object["any_of"]?.array, !names.isEmpty,
            names.allSatisfy({ $0.string != nil })
        {
            anyOf = names.compactMap(\.string)
        } else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "is neither a check's name nor {\"any_of\": [names]}"))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json)
    }

    private var json: JSON {
        anyOf.count == 1 ? .string(anyOf[0]) : ["any_of": .array(anyOf.map(JSON.string))]
    }
}

extension ParentGroup: Schematic {
    static var schema: JSON.Object {
        let several: JSON = [
            "type": "object",
            "properties": ["any_of": ["type": "array", "items": ["type": "string"]]],
            "required": ["any_of"],
        ]
        return ["oneOf": [["type": "string"], several]]
    }
}
