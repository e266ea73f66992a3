/// For which part of the time tasks stood still for want of one resource (`/proc/pressure`).
struct Pressure: Sendable, Equatable {
    /// One line of the file.
    struct Line: Sendable, Equatable {
        /// Averages over 10, 60 and 300 seconds, from 0 to 1.
        let ten: Double
        let sixty: Double
        let threeHundred: Double
        /// Since the machine started.
        let stalledSeconds: Double
    }

    /// At least one task stood still.
    let some: Line
    /// All tasks stood still; absent for the processor on older kernels.
    let full: Line?

    /// Reads the text of one file under `/proc/pressure`.
    init?(parsing text: String) {
        var lines: [Substring: Line] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let kind = words.first else { continue }
            lines[kind] = Self.line(words.dropFirst())
        }
        guard let some = lines["some"] else { return nil }
        self.some = some
        full = lines["full"]
    }

    private static func line(_ words: some Sequence<Substring>) -> Line? {
        var values: [Substring: Double] = [:]
        for word in words {
            let parts = word.split(separator: "=")
            if parts.count == 2 { values[parts[0]] = Double(parts[1]) }
        }
        guard let ten = values["avg10"], let sixty = values["avg60"],
            let threeHundred = values["avg300"], let total = values["total"]
        else { return nil }
        return Line(
            ten: ten / 100, sixty: sixty / 100, threeHundred: threeHundred / 100,
            stalledSeconds: total / 1_000_000)
    }
}
