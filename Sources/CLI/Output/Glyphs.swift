/// The characters that bars and curves are drawn with.
struct Glyphs: Equatable {
    var isASCII: Bool

    var bar: (full: String, empty: String) { isASCII ? ("#", "-") : ("█", "░") }
    var dot: String { isASCII ? "-" : "·" }
    var arrow: String { isASCII ? "->" : "→" }
    var ellipsis: String { isASCII ? "~" : "…" }

    /// What stands before a branch of a tree: one that others follow, the last one, and what stands
    /// before the lines below each.
    var tree: (branch: String, last: String, beside: String, below: String) {
        isASCII
            ? ("|- ", "`- ", "|  ", "   ") : ("├─ ", "└─ ", "│  ", "   ")
    }

    private var steps: [String] {
        isASCII
            ? ["_", ".", ":", "-", "=", "+", "*", "#"]
            : ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    }

    func bar(_ ratio: Double, width: Int) -> String {
        let full = Int((min(1, max(0, ratio)) * Double(width)).rounded())
        return String(repeating: bar.full, count: full)
            + String(repeating: bar.empty, count: width - full)
    }

    /// A small curve; a gap where nothing was measured.
    func sparkline(_ values: [Double?], low: Double, high: Double) -> String {
        let range = high > low ? high - low : 1
        return values.map { value in
            guard let value else { return " " }
            let position = min(1, max(0, (value - low) / range))
            return steps[Int((position * Double(steps.count - 1)).rounded())]
        }.joined()
    }

    /// Plain characters only where the locale says so; terminals without a locale show Unicode too.
    static func isPlain(_ variables: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { variables[$0] }
            .first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return false }
        return !locale.contains("utf-8") && !locale.contains("utf8")
    }
}
