/// Which part of its content a file is judged by.
enum ContentPart: String, Codable, CaseIterable, Sendable {
    case whole
    /// What was appended since the last look.
    case appended
}
