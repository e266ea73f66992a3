/// How much was counted, and how much of it was good.
struct SLOCounts: Sendable, Equatable {
    var good = 0.0
    var total = 0.0

    static let none = SLOCounts()

    var isFinite: Bool { good.isFinite && total.isFinite }

    /// The share that was bad; nil when nothing was counted, or more than numbers can tell.
    var badShare: Double? { total > 0 && isFinite ? (total - good) / total : nil }

    static func += (left: inout SLOCounts, right: SLOCounts) {
        left.good += right.good
        left.total += right.total
    }
}
