import Glibc

/// How many records there are of some kind, as the newest of them tell: they stand the closer together in
/// the search index, the more there are.
public struct Spread: Sendable, Hashable {
    /// How many were looked at.
    private(set) var count = 0
    /// Whether there are no others.
    var isAll = true
    /// The documents' numbers, which grow with each one that is written.
    private var (oldest, newest) = (0, 0)

    /// Looks at one more; the newest comes first.
    mutating func add(_ number: Int) {
        if count == 0 { newest = number }
        oldest = number
        count += 1
    }

    /// How many of the documents' numbers, where those stand that were looked at, are theirs: from 0 to 1.
    private var density: Double {
        newest > oldest ? Double(count - 1) / Double(newest - oldest) : Double(min(count, 1))
    }

    /// About how many there are.
    private var about: Double {
        isAll ? Double(count) : max(density * Double(newest), Double(count))
    }

    /// How rare these are among others, in bits: half of the others are 1, one in a thousand is 10.
    ///
    /// Where not all were looked at it is told by how close together both stand, so that what else is
    /// written before, between and after them changes nothing. Few are counted, among as many others as
    /// there were if they always stood as close together.
    ///
    /// - Returns: nil for one alone, or none: there is nothing that others share with it.
    public func bits(among others: Spread) -> Double? {
        guard count > 1, others.count > 0 else { return nil }
        let share = isAll ? Double(count) / others.about : density / others.density
        // What all of the newest have, as when one thing fails everywhere, says something still.
        return max(-log2(share), Self.leastBits)
    }

    private static let leastBits = 0.01
}
