/// Whether a file is well when it is there or when it is not.
enum FilePresence: String, Codable, CaseIterable, Sendable {
    case present
    case absent
}
