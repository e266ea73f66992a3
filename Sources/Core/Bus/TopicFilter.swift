/// What a reader of the event log wants, ready to be held against many topics.
struct TopicFilter: Sendable {
    let patterns: [TopicPattern]
    private let takesAll: Bool
    private let topics: Set<String>
    /// Each with its last dot.
    private let prefixes: Set<Substring>

    init(_ patterns: [TopicPattern]) {
        self.patterns = patterns
        takesAll = patterns.contains { $0.kind == .all }
        topics = Set(patterns.compactMap(\.topic))
        prefixes = Set(patterns.compactMap(\.prefix))
    }

    /// Whether one of the patterns takes the topic; what that costs does not grow with their number.
    func takes(_ topic: String) -> Bool {
        if takesAll || topics.contains(topic) { return true }
        guard !prefixes.isEmpty else { return false }
        return topic.indices.contains { topic[$0] == "." && prefixes.contains(topic[...$0]) }
    }
}
