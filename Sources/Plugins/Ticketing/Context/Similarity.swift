internal import OpsCore
internal import OpsJSONRPC

/// How much one ticket is like another, by the words of their titles and by what they affect.
struct Similarity: Sendable {
    private static let shortest = 3
    private static let mostWords = 4
    /// The same item says more than two words in common.
    private static let itemWeight = 3

    let words: Set<String>

    init(title: String) { words = Self.words(of: title) }

    /// The questions to put to the search, the narrowest first: the longest words say the most.
    var questions: [String] {
        let best = words.sorted { ($0.count, $1) > ($1.count, $0) }.prefix(Self.mostWords)
        return (0..<best.count).map { best.dropLast($0).joined(separator: " ") }
    }

    /// How similar a ticket is; nothing in common is 0.
    func score(title: String, sharesItem: Bool) -> Int {
        Self.words(of: title).intersection(words).count + (sharesItem ? Self.itemWeight : 0)
    }

    private static func words(of text: String) -> Set<String> {
        let parts = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        return Set(parts.filter { $0.count >= shortest }.map(String.init))
    }
}
