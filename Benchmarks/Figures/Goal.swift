/// What a figure has to be.
enum Goal: Sendable {
    case atLeast(Double)
    case atMost(Double)

    func isReached(by value: Double) -> Bool {
        switch self {
        case .atLeast(let limit): value >= limit
        case .atMost(let limit): value <= limit
        }
    }

    var text: String {
        switch self {
        case .atLeast(let limit): ">= \(Figure.text(of: limit))"
        case .atMost(let limit): "<= \(Figure.text(of: limit))"
        }
    }
}
