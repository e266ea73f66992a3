/// What somebody may do, by name: `ticket.get`, `ticket.*`, or `*` for everything.
public struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// The scope as it is written.
    public let description: String
    /// What a name must begin with; nil when it must be the scope itself.
    private let prefix: String?

    /// Reads a scope; nil when a word is not in small letters, or a `*` is not the last one.
    public init?(_ text: String) {
        var words = text.split(separator: ".", omittingEmptySubsequences: false)
        let isPattern = words.last == "*"
        if isPattern { words.removeLast() }
        guard words.allSatisfy(Self.isWord), isPattern || !words.isEmpty else { return nil }
        description = text
        prefix = isPattern ? String(text.dropLast()) : nil
    }

    /// Whether it stands for several names.
    var isPattern: Bool { prefix != nil }

    /// Whether the name is one of these.
    public func matches(_ name: String) -> Bool {
        guard let prefix else { return name == description }
        return name.hasPrefix(prefix)
    }

    /// Whether everything that the other allows is allowed by this one.
    public func covers(_ other: Scope) -> Bool {
        guard let prefix else { return other == self }
        return (other.prefix ?? other.description).hasPrefix(prefix)
    }

    private static func isWord(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, (0x61...0x7a).contains(first) else { return false }
        return word.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
        }
    }
}

extension Scope: Codable {
    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let scope = Scope(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "must be a name such as ticket.get, a pattern such as ticket.*, "
                    + "or *, not \(text)")
        }
        self = scope
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension [Scope] {
    /// Whether one of them has the name.
    func allow(_ name: String) -> Bool { contains { $0.matches(name) } }

    /// Whether one of them allows everything that the scope does.
    func cover(_ scope: Scope) -> Bool { contains { $0.covers(scope) } }
}
