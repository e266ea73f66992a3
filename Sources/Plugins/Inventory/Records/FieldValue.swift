internal import OpsCore
internal import OpsJSONRPC

/// What a field of an item's own may hold.
enum FieldValue: Sendable, Equatable {
    case text(String)
    case number(JSON.Number)
    case bool(Bool)
}

extension FieldValue: Codable {
    init(from decoder: any Decoder) throws {
        switch try JSON(from: decoder) {
        case .string(let text): self = .text(text)
        case .number(let number): self = .number(number)
        case .bool(let isTrue): self = .bool(isTrue)
        case .null, .array, .object:
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "must be text, a number, true or false"))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text): try JSON.string(text).encode(to: encoder)
        case .number(let number): try JSON.number(number).encode(to: encoder)
        case .bool(let isTrue): try JSON.bool(isTrue).encode(to: encoder)
        }
    }
}

extension FieldValue: Schematic {
    // Text first: on a command line a value is text unless it is given as JSON.
    static var schema: JSON.Object { ["type": ["string", "number", "boolean"]] }
}
