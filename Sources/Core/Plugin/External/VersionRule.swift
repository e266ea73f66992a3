/// Which versions will do: `>=0.2`, or `0.2` for the same.
struct VersionRule {
    private let least: [Int]

    init(_ text: String) {
        least = Self.numbers(text.drop { ">= ".contains($0) })
    }

    func accepts(_ version: String) -> Bool {
        let numbers = Self.numbers(version[...])
        for place in 0..<max(numbers.count, least.count) {
            let (found, wanted) = (Self.number(numbers, place), Self.number(least, place))
            if found != wanted { return found > wanted }
        }
        return true
    }

    private static func number(_ numbers: [Int], _ place: Int) -> Int {
        place < numbers.count ? numbers[place] : 0
    }

    /// What follows a hyphen, as in `1.0-beta`, makes no difference here.
    private static func numbers(_ text: Substring) -> [Int] {
        text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".").map { Int($0) ?? 0 }
    }
}
