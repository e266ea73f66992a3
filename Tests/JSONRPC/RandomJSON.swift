import OpsJSONRPC
import TestVectors

/// Makes values of every kind, with the strings that parsers stumble over.
struct RandomJSON {
    private static let scalars: [JSON] = [
        nil, true, false, 0, -1, 1.5, "", "a", "\"", "\\", "{[", "]}", "\n\r\t", "\u{0}", "ä€😀",
        "\u{2028}", "a\\\"b", .number(JSON.Number(UInt64.max)),
    ]

    var generator: SeededGenerator

    mutating func value(depth: Int) -> JSON {
        switch depth > 0 ? Int.random(in: 0..<4, using: &generator) : 0 {
        case 1: .array(members(depth).map(\.1))
        case 2: .object(JSON.Object(members(depth)))
        default: Self.scalars.randomElement(using: &generator) ?? .null
        }
    }

    /// An array or object, as the streams of the tests carry them.
    mutating func container() -> JSON {
        Bool.random(using: &generator)
            ? .array(members(4).map(\.1)) : .object(JSON.Object(members(4)))
    }

    private mutating func members(_ depth: Int) -> [(String, JSON)] {
        var members: [(String, JSON)] = []
        for number in 0..<Int.random(in: 0..<5, using: &generator) {
            members.append(("key\(number)\"", value(depth: depth - 1)))
        }
        return members
    }
}
