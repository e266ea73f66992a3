import Glibc

/// Text as people write it at a help desk: few words often, many rarely.
struct MadeText {
    private static let stems = [
        "printer", "mail", "server", "login", "network", "disk", "backup", "password", "screen",
        "invoice", "vpn", "certificate", "database", "report", "switch", "router", "update",
        "account", "license", "laptop", "phone", "queue", "timeout", "export", "import", "cache",
        "proxy", "storage", "cluster", "kernel", "driver", "badge", "calendar", "scanner",
        "monitor",
        "token", "firewall", "tunnel", "sensor", "pump", "rack", "cable", "battery", "mirror",
        "index", "replica", "archive", "gateway", "browser", "session",
    ]
    private static let starts = [
        "", "re", "un", "pre", "sub", "multi", "micro", "auto", "non", "over",
    ]
    private static let ends = [
        "", "s", "ed", "ing", "less", "side", "wide", "line", "room", "site", "user", "check",
        "error", "fault", "loss", "full", "slow", "down", "lock", "reset", "swap", "sync", "drop",
        "leak", "peak", "test", "run", "plan", "team", "shop", "berlin", "ulm", "lisbon", "paris",
        "alpha", "beta", "north", "south", "old", "new",
    ]
    /// The most frequent words first.
    static let words: [String] = {
        var words = starts.flatMap { start in
            ends.flatMap { end in stems.map { start + $0 + end } }
        }
        var random = MadeRandom(seed: 1)
        words.shuffle(using: &random)
        return ["the", "is", "and", "not", "of", "on", "since", "we", "please", "again"] + words
    }()

    private var random: MadeRandom

    init(seed: UInt64) { random = MadeRandom(seed: seed) }

    /// The words that every other text has, by which nobody searches.
    static let commonest = Set(words.prefix(100))

    /// A word: the first of the list comes a thousand times as often as the thousandth.
    mutating func word() -> String {
        let place = Double.random(in: 0..<1, using: &random)
        // The inverse of the sum of 1/n, which is what Zipf found in texts.
        let rank = Int(exp2(place * log2(Double(Self.words.count))) - 1)
        return Self.words[min(rank, Self.words.count - 1)]
    }

    mutating func sentence(_ count: Int) -> String {
        (0..<count).map { _ in word() }.joined(separator: " ")
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
}

/// The same numbers in every run (SplitMix64).
struct MadeRandom: RandomNumberGenerator {
    private var state: UInt64

    /// The seed is mixed first: multiples of the step would be places in one and the same row of numbers,
    /// and the text of one record that of its neighbour without the first word.
    init(seed: UInt64) {
        state = seed
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
