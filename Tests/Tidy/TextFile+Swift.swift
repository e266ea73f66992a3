/// What can be read off a Swift file that `swift format` has formatted.
extension TextFile {
    struct Function {
        let place: String
        let lineCount: Int
    }

    /// Every function with a body that spans several lines.
    var functions: [Function] {
        lines.indices.compactMap { start in
            guard let end = end(ofFunctionAt: start) else { return nil }
            return Function(place: "\(path):\(start + 1)", lineCount: end - start + 1)
        }
    }

    /// A formatted function ends at the first brace that stands as far in as its beginning.
    private func end(ofFunctionAt start: Int) -> Int? {
        guard isFunctionHead(lines[start]), let brace = bodyStart(after: start) else { return nil }
        let closing = indent(of: lines[start]) + "}"
        return lines[brace...].firstIndex(of: closing)
    }

    private func isFunctionHead(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard let first = words.first, !first.hasPrefix("//"), !first.hasPrefix("/*") else {
            return false
        }
        return words.contains { word in
            word == "func" || word.hasPrefix("init(") || word.hasPrefix("init?(")
                || word.hasPrefix("init<")
        } && !line.contains(".init(")
    }

    /// The line that opens the body; nil where there is none, as in a protocol, or it closes in
    /// the same line.
    private func bodyStart(after start: Int) -> Int? {
        let indent = indent(of: lines[start])
        for number in start..<lines.count {
            let rest = lines[number].dropFirst(indent.count)
            let isContinued =
                rest.hasPrefix("    ") || rest.hasPrefix(")") || rest.hasPrefix("where ")
            guard number == start || isContinued else { return nil }
            if lines[number].hasSuffix("{") { return number }
        }
        return nil
    }

    private func indent(of line: String) -> String { String(line.prefix { $0 == " " }) }

    /// The lines that declare `@unchecked Sendable` with no comment about it nearby.
    var unguardedSendables: [String] {
        let word = "@unchecked Sendable"
        let comments = lines.indices.filter { isComment(lines[$0]) && lines[$0].contains(word) }
        return lines.indices
            .filter { !isComment(lines[$0]) && lines[$0].contains(word) }
            .filter { line in !comments.contains { abs($0 - line) <= 15 } }
            .map { "\(path):\($0 + 1)" }
    }

    private func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }
}
