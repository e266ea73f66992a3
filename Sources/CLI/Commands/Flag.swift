/// A word that begins with a dash, taken apart: `--name`, `--name=value`, `--name:=JSON`, `-o`.
struct Flag: Equatable {
    var name: String
    var value: String?
    var isJSON = false

    /// Nil for a plain word and for the lone `-` that means standard input.
    init?(_ token: String) {
        guard token.hasPrefix("-"), token.count > 1 else { return nil }
        let body = token.drop { $0 == "-" }
        guard token.hasPrefix("--") else {
            name = String(body.prefix(1))
            value = body.count > 1 ? String(body.dropFirst().drop { $0 == "=" }) : nil
            return
        }
        guard let sign = body.firstIndex(of: "=") else {
            name = String(body)
            return
        }
        isJSON = body[..<sign].hasSuffix(":")
        name = String(isJSON ? body[..<sign].dropLast() : body[..<sign])
        value = String(body[body.index(after: sign)...])
    }
}
