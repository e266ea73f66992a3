/// A text cut at its places, `{{ ... }}`: templates of checks and annotations of rules have them.
enum TextWithPlaces {
    enum Piece: Equatable {
        case text(Substring)
        /// What stands between the braces, without the blanks around it.
        case place(Substring)
    }

    /// A place that is opened and never closed.
    struct Unclosed: Error {}

    static func pieces(of text: String) throws(Unclosed) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex {
                pieces.append(.text(rest[..<open.lowerBound]))
            }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw Unclosed() }
            pieces.append(.place(trimmed(rest[..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(rest)) }
        return pieces
    }

    /// A text without the blanks at its ends.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
