/// How much was counted, and how much of it was good.
struct SLOCounts: Sendable, Equatable {
    var good = 0.0
    var total = 0.0

    static let none = SLOCounts()

    /// The share that was bad; nil when nothing was counted.
    var badShare: Double? { total > 0 ? (total - good) / total : nil }

    static func += (left: inout SLOCounts, right: SLOCounts) {
        left.good += right.good
        left.total += right.total
    }
}
