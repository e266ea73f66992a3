/// Finds what somebody probably meant.
public enum Spelling {
    /// The nearest candidate, when it is near enough to be worth a suggestion.
    public static func nearest(_ word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let ranked =
            candidates
            .map { (candidate: $0, distance: distance(Array(word), Array($0))) }
            .filter { $0.distance <= limit || isPrefix(word, $0.candidate) }
        return ranked.min { $0.distance < $1.distance }?.candidate
    }

    /// "did you mean X?", or nil.
    public static func hint(_ word: String, among candidates: [String]) -> String? {
        nearest(word, among: candidates).map { "did you mean `\($0)`?" }
    }

    private static func isPrefix(_ word: String, _ candidate: String) -> Bool {
        word.count >= 2 && candidate.hasPrefix(word)
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let replaced = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var best = min(replaced, rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
