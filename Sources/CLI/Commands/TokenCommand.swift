import OpsJSONRPC
import OpsToken

/// What `opsloop token narrow` and `opsloop token show` do, all by themselves.
struct TokenCommand {
    let params: JSON.Object
    let file: (String) throws -> String

    /// The token that was given.
    func given() throws -> Token {
        try TokenFile.read(params["file"]?.string ?? "-", with: file)
    }

    /// The token with the restrictions that were asked for.
    func narrowed() throws -> Token {
        let restrictions = try restrictions()
        guard !restrictions.isEmpty else {
            throw Failure.usage(
                "there is nothing to narrow the token by",
                hint: "say --method, --effect, --param, --not-before, --not-after or --rate")
        }
        var token = try given()
        do throws(TokenError) {
            for restriction in restrictions { token = try token.narrowed(by: restriction) }
        } catch {
            throw Failure.usage("\(error)")
        }
        return token
    }

    // MARK: - The restrictions

    private func restrictions() throws -> [Restriction] {
        var restrictions: [Restriction] = []
        if let methods = texts("methods") {
            let what = "a method, a pattern such as check.*, or *"
            restrictions.append(
                .methods(try methods.map { try read($0, "method", what, MethodPattern.init) }))
        }
        if let effects = texts("effects") { restrictions.append(.effects(effects)) }
        for text in texts("params") ?? [] {
            let what = "NAME=TEXT, NAME^TEXT, NAME<NUMBER, NAME>NUMBER, NAME? or NAME!"
            let condition = try read(text, "param", what, ParameterCondition.init)
            restrictions.append(.parameter(condition))
        }
        if let first = instant("not_before") { restrictions.append(.notBefore(first)) }
        if let last = instant("not_after") { restrictions.append(.notAfter(last)) }
        if let text = params["rate"]?.string {
            let what = "CALLS/SECONDS, such as 10/60"
            restrictions.append(.rate(try read(text, "rate", what) { RateLimit($0) }))
        }
        return restrictions
    }

    private func texts(_ name: String) -> [String]? {
        params[name]?.array?.compactMap(\.string)
    }

    private func instant(_ name: String) -> Instant? {
        params[name]?.string.flatMap { Instant($0) }
    }

    private func read<Value>(
        _ text: String, _ option: String, _ what: String, _ read: (String) -> Value?
    ) throws -> Value {
        guard let value = read(text) else {
            throw Failure.usage("--\(option) takes \(what), not `\(text)`")
        }
        return value
    }

    // MARK: - In words

    static func words(_ token: Token) -> [String] {
        let lines = token.clauses.map { "  \(words($0))" }
        return ["token:\(token.id), by its own words:"]
            + (lines.isEmpty ? ["  everything that its role may do"] : lines)
    }

    static func json(_ token: Token) -> JSON {
        [
            "ref": .string("token:\(token.id)"),
            "restrictions": .array(token.clauses.map { .string(words($0)) }),
        ]
    }

    private static func words(_ clause: Clause) -> String {
        clause.restriction?.words
            ?? "something that this program does not know: \(clause.text.visibleLine)"
    }
}
