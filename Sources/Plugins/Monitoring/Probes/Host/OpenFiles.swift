/// How many files all programs together hold open, and how many they may.
struct OpenFiles: Sendable, Equatable {
    let used: Double
    let limit: Double

    /// Reads the text of `/proc/sys/fs/file-nr`.
    init?(parsing text: String) {
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count >= 3, numbers[2] > 0 else { return nil }
        used = numbers[0] - numbers[1]
        limit = numbers[2]
    }

    /// The part of the limit that is taken, from 0 to 1.
    var usedRatio: Double { used / limit }
}
