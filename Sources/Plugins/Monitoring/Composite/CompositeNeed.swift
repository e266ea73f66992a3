internal import OpsCore
internal import OpsJSONRPC

/// How many members have to be ok: `2` or `60%`.
enum CompositeNeed: Sendable, Equatable {
    case count(Int)
    case percent(Double)

    /// Reads `60%`; nil when it is none.
    init?(_ text: String) {
        guard text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number)
        else { return nil }
        self = .percent(number)
    }

    /// How many of `total` that are.
    func number(of total: Int) -> Int {
        switch self {
        case .count(let count): count
        // A billionth less, so that 60 % of 5 is 3 whatever the rounding of doubles.
        case .percent(let percent): Int((Double(total) * percent / 100 - 1e-9).rounded(.up))
        }
    }

    /// Whether it asks for as many as `other`, as far as that can be said without the members.
    func isAtLeast(_ other: CompositeNeed) -> Bool {
        switch (self, other) {
        case (.count(let own), .count(let other)): own >= other
        case (.percent(let own), .percent(let other)): own >= other
        case (.count, .percent), (.percent, .count): true
        }
    }
}

extension CompositeNeed: Codable, Schematic {
    /// A number, or a percentage as text.
    static var schema: JSON.Object { ["type": ["integer", "string"], "examples": [2, "60%"]] }

    /// Reads a number or a text.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let count = try? container.decode(Int.self)
        let text = (try? container.decode(String.self)) ?? ""
        // The command line may give a number as text.
        if let count = count ?? Int(text), (0...1_000_000).contains(count) {
            self = .count(count)
        } else if let percent = CompositeNeed(text) {
            self = percent
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a number or a percentage such as 60%")
        }
    }

    /// Writes it as it is read.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .count(let count): try container.encode(count)
        case .percent(let percent): try container.encode("\(Readable.twoDecimals(percent))%")
        }
    }
}
