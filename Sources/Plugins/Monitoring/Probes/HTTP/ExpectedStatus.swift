internal import OpsCore
internal import OpsJSONRPC

/// The HTTP statuses that a check accepts: `200`, `200-399` or `2xx`.
struct ExpectedStatus: Sendable, Equatable {
    let range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) { self.range = range }

    /// Reads one of the three forms; `nil` when it is none or no status can match.
    init?(_ text: String) {
        guard let range = Self.range(text), range.lowerBound >= 100, range.upperBound <= 599
        else { return nil }
        self.range = range
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.lowercased().hasSuffix("xx"),
            let hundred = text.first?.wholeNumberValue
        {
            return hundred * 100...hundred * 100 + 99
        }
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2,
            first <= last
        else { return nil }
        return first...last
    }
}

extension ExpectedStatus: CustomStringConvertible {
    /// `200` or `200-399`.
    var description: String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}

extension ExpectedStatus: Codable, Schematic {
    /// A number or one of the three forms as text.
    static var schema: JSON.Object {
        ["type": ["integer", "string"], "examples": [200, "200-399", "2xx"]]
    }

    /// Reads a number or a text.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text =
            (try? container.decode(Int.self)).map { "\($0)" }
            ?? (try? container.decode(String.self))
        guard let status = text.flatMap(ExpectedStatus.init) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a status such as 200, 200-399 or 2xx")
        }
        self = status
    }

    /// Writes a single status as a number, a range as text.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if range.count == 1 {
            try container.encode(range.lowerBound)
        } else {
            try container.encode(description)
        }
    }
}
