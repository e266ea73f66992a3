/// Which of several files counts for its age.
enum AgedFile: String, Codable, CaseIterable, Sendable {
    case newest
    case oldest
}
