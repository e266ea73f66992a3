internal import OpsJSONRPC

/// What tells series of one name apart: pairs of name and value, sorted by name.
///
/// An empty value means the same as no label, so it is left out. Written to JSON as an object.
/// Names and values compare like Swift strings: canonically equivalent Unicode is equal.
public struct Labels: Sendable, Hashable, Comparable {
    /// One pair.
    public struct Label: Sendable, Hashable, Comparable {
        /// The label's name, such as `device`.
        public let name: String
        /// The label's value, such as `eth0`.
        public let value: String

        /// Orders by name, then by value.
        public static func < (left: Label, right: Label) -> Bool {
            left.name == right.name ? left.value < right.value : left.name < right.name
        }
    }

    /// The pairs, sorted by name.
    public let pairs: [Label]

    /// Takes the pairs of a dictionary.
    public init(_ values: [String: String] = [:]) {
        self.pairs = values.filter { !$0.value.isEmpty }
            .map { Label(name: $0.key, value: $0.value) }
            .sorted()
    }

    /// Takes pairs that are sorted by name, no two of the same name and none with an empty value.
    init(sorted pairs: [Label]) {
        self.pairs = pairs
    }

    /// The value of the label called `name`.
    public subscript(name: String) -> String? {
        self.pairs.first { $0.name == name }?.value
    }

    /// The pairs as a dictionary.
    public var dictionary: [String: String] {
        Dictionary(self.pairs.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Orders by the pairs, as a list of words is ordered.
    public static func < (left: Labels, right: Labels) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs)
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    /// Takes the pairs as written; of equal names the last one wins.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension Labels: Codable {
    /// Reads an object of strings.
    public init(from decoder: any Decoder) throws {
        self.init(try [String: String](from: decoder))
    }

    /// Writes an object of strings.
    public func encode(to encoder: any Encoder) throws {
        // Not as a dictionary, whose order is another one each time.
        var container = encoder.container(keyedBy: WireKey.self)
        for label in self.pairs { try container.encode(label.value, forKey: WireKey(label.name)) }
    }
}
