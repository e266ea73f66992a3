internal import OpsCore
internal import OpsJSONRPC

/// A text with places, such as `{{ name }}`, that a change of a check fills.
struct IntakeTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case place(String)
    }

    private static let places: Set = ["name", "state", "output"]
    private let parts: [Part]

    /// Reads a text.
    ///
    /// - Throws: `invalid_params` for a place that nothing fills.
    init(_ text: String, at path: String) throws(RPCError) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            parts.append(.text(String(rest[..<open.lowerBound])))
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "}}") else {
                throw .badMember(path, "has a {{ without its }}")
            }
            let name = Self.trimmed(inner[..<close.lowerBound])
            guard Self.places.contains(name) || name.hasPrefix("labels.") else {
                throw .badMember(
                    path, "has the place \(name); there are name, state, output and labels.NAME")
            }
            parts.append(.place(name))
            rest = inner[close.upperBound...]
        }
        self.parts = parts + [.text(String(rest))]
    }

    /// The text, filled; a label that is not there is empty.
    func filled(by change: CheckChange) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place("name"): change.name
            case .place("state"): change.state
            case .place("output"): change.output
            case .place(let name): change.labels[String(name.dropFirst("labels.".count))] ?? ""
            }
        }.joined()
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
