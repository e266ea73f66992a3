internal import OpsJSONRPC

/// The regular expression of a schema's `pattern`.
///
/// `@unchecked Sendable`: `Regex` is not Sendable, because it compiles itself on first use; `regex`
/// is touched only while `monitor` is held.
final class SchemaPattern: @unchecked Sendable {
    /// A backtracking match can take exponentially long, and it is the caller who chooses the text.
    private static let maxBytes = 4096

    let text: String
    private let monitor = Monitor()
    private let regex: Regex<AnyRegexOutput>

    init?(_ text: String) {
        // The reason is not kept: the schema's author sees the path, and the text is his own.
        guard let regex = try? Regex(text).matchingSemantics(.unicodeScalar) else { return nil }
        self.text = text
        self.regex = regex
    }

    /// Whether the expression is found anywhere in the value, as JSON Schema has it.
    func isFound(in value: String) -> Bool {
        guard value.utf8.count <= Self.maxBytes else { return false }
        // Matching throws only from custom transformations, which text cannot contain.
        return monitor.locked { (try? regex.firstMatch(in: value)) != nil }
    }
}
