/// The load of the last one, five and fifteen minutes, and how many threads there are.
struct LoadAverage: Sendable, Equatable {
    let one: Double
    let five: Double
    let fifteen: Double
    let threads: Int?

    /// Reads the text of `/proc/loadavg`.
    init?(parsing text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, let one = Double(words[0]), let five = Double(words[1]),
            let fifteen = Double(words[2])
        else { return nil }
        self.one = one
        self.five = five
        self.fifteen = fifteen
        threads = words.dropFirst(3).first?.split(separator: "/").last.flatMap { Int($0) }
    }
}
