/// The numbers handed out last, by noun: a copy of the table `sequence` that the writer works on.
///
/// A value, so that a piece of work takes a copy and a rollback forgets it: a number that was not
/// committed is handed out again and no gap appears.
struct Sequences {
    private var last: [String: Int64] = [:]
    private var changed: Set<String> = []

    /// Hands out the next number of a noun, beginning with 1.
    ///
    /// - Parameter stored: Reads the number that the table holds; asked once per noun.
    mutating func next(_ noun: String, stored: () throws -> Int64?) rethrows -> Int64 {
        let number = try (last[noun] ?? stored() ?? 0) + 1
        last[noun] = number
        changed.insert(noun)
        return number
    }

    /// Hands out further numbers of a noun of which one was handed out.
    mutating func skip(_ noun: String, _ count: Int) { last[noun, default: 0] += Int64(count) }

    /// Answers the numbers that the table does not hold yet, and takes them as stored.
    mutating func takeChanged() -> [(noun: String, last: Int64)] {
        defer { changed = [] }
        return changed.sorted().compactMap { noun in last[noun].map { (noun, $0) } }
    }
}
