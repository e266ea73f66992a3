public import OpsJSONRPC

extension RPCError.FieldError {
    /// The number of the line in a path that is `line 7`, or `line 7: member`; nil where it is about none.
    public var line: Int? {
        guard path.hasPrefix("line ") else { return nil }
        return Int(path.dropFirst("line ".count).prefix { $0 != ":" })
    }
}

extension RPCError {
    /// How many mistakes of a file are named: who reads them has seen enough then.
    public static let mostMistakes = 100

    /// The mistakes of a file that are named: those of the first lines, whatever is wrong with them.
    public static func firstMistakes(_ mistakes: [FieldError]) -> [FieldError] {
        let placed = mistakes.map { (line: $0.line ?? 0, mistake: $0) }
        return placed.sorted { $0.line < $1.line }.prefix(mostMistakes).map { $0.mistake }
    }

    /// Mistakes in the lines of a file, of which nothing was taken.
    ///
    /// - Parameter areAll: Whether every line was looked at.
    public static func badLines(_ mistakes: [FieldError], areAll: Bool = true) -> RPCError {
        let count = Set(mistakes.map(\.line)).count
        let lines = "\(areAll ? "" : "at least ")\(count) \(count == 1 ? "line is" : "lines are")"
        return .invalidParams(
            "Nothing was imported: \(lines) wrong.",
            fields: firstMistakes(mistakes))
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
