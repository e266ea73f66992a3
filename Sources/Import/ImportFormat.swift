/// How a file is written that is imported.
public enum ImportFormat: String, Codable, CaseIterable, Sendable {
    /// JSON where the first character is a brace.
    case auto
    case csv, jsonl

    /// What `auto` stands for with such a text.
    public func resolved(for text: String) -> ImportFormat {
        guard self == .auto else { return self }
        let first = text.first { !$0.isWhitespace && $0 != "\u{FEFF}" }
        return first == "{" ? .jsonl : .csv
    }
}
