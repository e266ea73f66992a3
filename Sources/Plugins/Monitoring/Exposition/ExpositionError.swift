/// Why an exposition cannot be read.
struct ExpositionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, counted from 1.
    var line: Int
    /// What is wrong with it, in a few words.
    var reason: String

    var description: String { "line \(line): \(reason)" }
}
