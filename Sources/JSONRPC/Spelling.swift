/// Finds what somebody meant who mistyped a name.
public enum Spelling {
    /// Returns the candidate with the fewest edits away from `word`, if it is near enough to be
    /// what was meant: at most two edits, and fewer than half of the word.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = min(2, (word.utf8.count - 1) / 2)
        let distances = candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
        return distances.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// Counts inserted, deleted, replaced and swapped bytes (optimal string alignment).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                let replaced = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var best = min(rows[i][j + 1] + 1, row[j] + 1, replaced)
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
