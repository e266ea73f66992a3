internal import OpsCore
internal import OpsJSONRPC

/// A text with places, such as `{{ name }}`, that are filled when it is used.
struct PlacedText: Sendable {
    private enum Part: Sendable {
        case text(String)
        case place(String)
    }

    private let parts: [Part]

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - path: Where the text stands, for what is wrong with it.
    ///   - complaint: What is wrong with a place; nil when there is something that fills it.
    /// - Throws: `invalid_params` for a place that nothing fills.
    init(
        _ text: String, at path: String, complaint: (String) -> String?
    ) throws(RPCError) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            parts.append(.text(String(rest[..<open.lowerBound])))
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "}}") else {
                throw .badMember(path, "has a {{ without its }}")
            }
            let name = Self.trimmed(inner[..<close.lowerBound])
            if let complaint = complaint(name) {
                throw .badMember(path, "has the place \(name); \(complaint)")
            }
            parts.append(.place(name))
            rest = inner[close.upperBound...]
        }
        self.parts = parts + [.text(String(rest))]
    }

    /// As long as a comment may be; a long text in many places would take all memory.
    private static let maxLength = 100_000

    /// The text, filled; what does not fit any more is left out.
    func filled(by value: (String) -> String) -> String {
        var filled = ""
        for part in parts where filled.utf8.count < Self.maxLength {
            switch part {
            case .text(let text): filled += text
            case .place(let name): filled += value(name)
            }
        }
        return filled.utf8.count > Self.maxLength ? String(filled.prefix(Self.maxLength)) : filled
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// Whether nobody reads anything in it.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
