public import OpsJSONRPC

extension RPCError {
    /// How many mistakes of a file an error names; it says of how many lines it does.
    private static let mostMistakes = 100

    /// Mistakes in the lines of a file, of which nothing was taken.
    ///
    /// The path of a mistake is `line 7`, or `line 7: member`.
    ///
    /// - Parameter areAll: Whether every line was looked at.
    public static func badLines(_ mistakes: [FieldError], areAll: Bool = true) -> RPCError {
        let count = Set(mistakes.map { $0.path.prefix { $0 != ":" } }).count
        let lines = "\(areAll ? "" : "at least ")\(count) \(count == 1 ? "line is" : "lines are")"
        return .invalidParams(
            "Nothing was imported: \(lines) wrong.",
            fields: Array(mistakes.prefix(mostMistakes)))
    }

    /// What is wrong with a line, by line and member.
    public func mistakes(onLine line: Int) -> [FieldError] {
        let place = "line \(line)"
        guard !fields.isEmpty else { return [FieldError(path: place, reason: message)] }
        return fields.map { field in
            let path = field.path.isEmpty ? place : "\(place): \(field.path)"
            return FieldError(path: path, reason: field.reason)
        }
    }
}
