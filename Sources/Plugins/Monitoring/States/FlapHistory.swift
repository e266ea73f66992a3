/// The last 20 steps from one result to the next, each a change or none.
struct FlapHistory: Sendable, Equatable {
    static let length = 20

    /// One bit a step, the newest in bit 0.
    var changes: UInt32 = 0
    /// The newest result that counts.
    var last: CheckState
    /// The weighted share of changes.
    var percent = 0.0
    var isFlapping = false

    /// The share that people are shown, with the two digits that mean something.
    var shownPercent: Double { (percent * 100).rounded() / 100 }

    /// Whether the step at a place, counted from the oldest, is a change.
    func isChange(_ place: Int) -> Bool { changes >> UInt32(Self.length - 1 - place) & 1 == 1 }

    /// Takes a result in and forgets the oldest step.
    mutating func push(_ result: CheckState) {
        changes = (changes << 1 | (result == last ? 0 : 1)) & (1 << UInt32(Self.length) - 1)
        last = result
    }
}
