internal import OpsPattern

/// Compiled expressions by their text; dashboards ask the same few again and again.
final class PatternCache: Sendable {
    private struct Entry {
        var pattern: Pattern
        var lastUse: Int
    }

    private struct Entries {
        var byText: [String: Entry] = [:]
        var uses = 0

        mutating func use(_ text: String) -> Pattern? {
            uses += 1
            byText[text]?.lastUse = uses
            return byText[text]?.pattern
        }

        /// In the place of the one that was asked for longest ago.
        mutating func add(_ text: String, _ pattern: Pattern) {
            if byText.count >= PatternCache.limit,
                let oldest = byText.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                byText[oldest.key] = nil
            }
            uses += 1
            byText[text] = Entry(pattern: pattern, lastUse: uses)
        }
    }

    static let shared = PatternCache()
    /// Each may take half a megabyte.
    static let limit = 64
    private let entries = Guarded(Entries())

    func pattern(for text: String) throws(SeriesError) -> Pattern {
        if let known = entries.withLock({ $0.use(text) }) { return known }
        let compiled: Pattern
        do {
            compiled = try Pattern(text)
        } catch {
            throw SeriesError(
                .invalidPattern, "The regular expression \"\(text)\" cannot be read: \(error)")
        }
        entries.withLock { $0.add(text, compiled) }
        return compiled
    }
}
