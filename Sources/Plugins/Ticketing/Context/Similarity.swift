/// How much one ticket is like another, by the words of their titles and by what they affect.
struct Similarity: Sendable {
    private static let shortest = 3
    /// The same item says as much as that many words.
    private static let itemWords = 3

    /// The words of the title, the rarest first.
    let words: [String]
    private let rarities: [String: Double]

    /// Creates it from the words of a title and how rare each is, in bits: one that half of all tickets say
    /// has 1, one in a thousand has 10.
    init(rarities: [String: Double]) {
        self.rarities = rarities
        words = rarities.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The longest words of a title: as a rule they say the most.
    static func words(of title: String, longest count: Int) -> [String] {
        Array(words(of: title).sorted { ($0.count, $1) > ($1.count, $0) }.prefix(count))
    }

    /// The words that another title has too, the rarest first.
    func common(with title: String) -> [String] {
        let others = Self.words(of: title)
        return words.filter(others.contains)
    }

    /// How similar a ticket is that has these words too; nothing in common is 0.
    func score(common words: [String], sharesItem: Bool) -> Double {
        score(words) + (sharesItem ? score(self.words.prefix(Self.itemWords)) + 1 : 0)
    }

    private func score(_ words: some Sequence<String>) -> Double {
        words.reduce(0) { $0 + (rarities[$1] ?? 0) }
    }

    private static func words(of text: String) -> Set<String> {
        // By bytes: what is a letter is looked up only in what is not ASCII alone.
        let parts: [Substring.UTF8View] = text.lowercased().utf8
            .split { isASCII($0) && !isLetterOrDigit($0) }
        let words = parts.flatMap { part -> [Substring] in
            if part.allSatisfy(isASCII) { return [Substring(part)] }
            return Substring(part).split { !$0.isLetter && !$0.isNumber }
        }
        return Set(words.filter { $0.count >= shortest }.map(String.init))
    }

    private static func isASCII(_ byte: UInt8) -> Bool { byte < 0x80 }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
