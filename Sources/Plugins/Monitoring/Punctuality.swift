/// How much later than planned the newest runs began.
struct Punctuality: Sendable {
    private static let window = 8192
    private var newest: [Duration] = []
    private var next = 0
    /// All runs since the start.
    private(set) var count = 0

    mutating func record(_ lateness: Duration) {
        if newest.count < Self.window {
            newest.append(lateness)
        } else {
            newest[next] = lateness
        }
        next = (next + 1) % Self.window
        count += 1
    }

    /// The figures over the newest runs, in milliseconds.
    var figures: CheckStatistics.Lateness {
        let sorted = newest.sorted()
        func at(_ share: Double) -> Double {
            guard let last = sorted.indices.last else { return 0 }
            return sorted[Int((Double(last) * share).rounded(.up))].seconds * 1000
        }
        return CheckStatistics.Lateness(p50: at(0.5), p99: at(0.99), max: at(1))
    }
}
