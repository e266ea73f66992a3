/// What one exposition held.
struct ScrapeReading: Sendable, Equatable {
    var samples: [Scrape.Sample] = []
    /// How many samples the exposition has.
    var scraped = 0
    /// How many of them repeat a series, and the first such series.
    var repeated = 0
    var firstRepeated: String?
    /// How many samples lie too far in the future.
    var early = 0
    /// How many samples lie too far in the past.
    var late = 0
    /// Which assertions it does not fulfil.
    var findings: [Finding] = []

    /// An assertion that is not fulfilled.
    struct Finding: Sendable, Equatable {
        var state: CheckState
        var words: String
        /// Whether there is nothing that could fulfil it.
        var isMissing = false
    }
}

/// Why an exposition is not stored at all.
enum ScrapeRefusal: Error, Sendable, Equatable {
    case malformed(ExpositionError)
    /// A limit, and what was met.
    case beyondLimit(String)

    var reason: String {
        switch self {
        case .malformed(let error): "The exposition cannot be read: \(error)"
        case .beyondLimit(let words): "The scrape is refused: \(words)"
        }
    }
}
