/// Which topics somebody listens to: `check.state_changed`, `check.*`, or `*`.
public struct TopicPattern: Sendable, Hashable {
    enum Kind: Hashable { case all, exactly(String), below(String) }

    let kind: Kind

    /// Reads a pattern; `nil` when a `*` stands anywhere but alone or after the last dot.
    public init?(_ text: String) {
        if text == "*" {
            kind = .all
        } else if text.hasSuffix(".*") {
            kind = .below(String(text.dropLast()))
        } else {
            kind = .exactly(text)
        }
        let plain = text.hasSuffix("*") ? text.dropLast() : text[...]
        if text.isEmpty || plain.contains("*") { return nil }
        if text.hasSuffix("*"), text != "*", !text.hasSuffix(".*") { return nil }
    }

    /// Whether the topic is one of these.
    public func matches(_ topic: String) -> Bool {
        switch kind {
        case .all: true
        case .exactly(let text): topic == text
        case .below(let prefix): topic.hasPrefix(prefix)
        }
    }

    /// The one topic that it takes.
    var topic: String? {
        if case .exactly(let text) = kind { text } else { nil }
    }

    /// What the topics that it takes begin with.
    var prefix: Substring? {
        if case .below(let text) = kind { text[...] } else { nil }
    }

    /// A portable SQL condition on the column `topic`, with its arguments.
    var condition: (sql: String, arguments: [String]) {
        switch kind {
        case .all: ("1 = 1", [])
        case .exactly(let text): ("topic = ?", [text])
        // Topics sort bytewise, and "/" is what follows "." there: a range an index can serve.
        case .below(let prefix): ("topic >= ? AND topic < ?", [prefix, prefix.dropLast() + "/"])
        }
    }
}
