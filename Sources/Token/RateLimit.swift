/// How many calls may be made in how much time: `10/60`.
public struct RateLimit: Sendable, Hashable {
    /// The calls.
    public let calls: Int
    /// The time in seconds.
    public let seconds: Int

    private static let range = 1...1_000_000

    /// Makes a limit; nil when a number is not 1 to 1,000,000.
    public init?(calls: Int, seconds: Int) {
        guard Self.range.contains(calls), Self.range.contains(seconds) else { return nil }
        self.calls = calls
        self.seconds = seconds
    }

    /// Reads `CALLS/SECONDS`.
    public init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, let calls = Self.number(numbers[0]),
            let seconds = Self.number(numbers[1])
        else { return nil }
        self.init(calls: calls, seconds: seconds)
    }

    /// Digits only: `Int` would take a sign as well.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// The text that reads back as this limit.
    public var text: String { "\(calls)/\(seconds)" }

    /// The limit for people: `10 calls in 60 s`.
    public var words: String { "\(calls) call\(calls == 1 ? "" : "s") in \(seconds) s" }
}
