/// Walks over the words of a command line.
struct TokenCursor {
    private(set) var rest: [String]

    init(_ tokens: [String]) {
        rest = tokens
    }

    var peek: String? { rest.first }

    mutating func next() -> String? {
        rest.isEmpty ? nil : rest.removeFirst()
    }

    mutating func skip() {
        rest.removeFirst()
    }

    mutating func takeRest() -> [String] {
        defer { rest = [] }
        return rest
    }
}
