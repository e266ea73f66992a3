/// Names any record of any plugin: `ticket:142`.
///
/// The noun says which plugin owns the record; the key is the owner's business and may hold any
/// characters, colons included.
public struct Ref: Sendable, Hashable, CustomStringConvertible {
    /// The kind of record: lower-case letters, digits and underscores, beginning with a letter.
    public let noun: String
    /// The record's key within its noun; never empty.
    public let key: String

    /// Names the record of a noun by its key.
    ///
    /// - Precondition: The noun is well formed and the key is not empty. Text that comes from
    ///   outside goes through ``init(_:)``, which answers nil instead.
    public init(_ noun: String, _ key: some LosslessStringConvertible) {
        let key = String(key)
        precondition(
            Self.isNoun(noun) && !key.isEmpty,
            "A ref needs a lower-case noun and a key; use Ref(text) for text from outside.")
        self.noun = noun
        self.key = key
    }

    /// Reads `noun:key`; nil when the text is not of that form.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let noun = String(text[..<colon])
        let key = String(text[text.index(after: colon)...])
        guard Self.isNoun(noun), !key.isEmpty else { return nil }
        self.noun = noun
        self.key = key
    }

    /// The text `noun:key`.
    public var description: String { "\(noun):\(key)" }

    private static func isNoun(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7a).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
        }
    }
}

extension Ref: Codable {
    /// Reads the text `noun:key`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let ref = Ref(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a ref such as \"ticket:142\"")
        }
        self = ref
    }

    /// Writes the text `noun:key`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
