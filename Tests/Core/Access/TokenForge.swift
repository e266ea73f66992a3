@testable import OpsToken

/// Makes tokens that this program would not make.
enum TokenForge {
    /// Appends a restriction of any text, sealed as it should be.
    static func append(_ text: String, to token: String) throws -> String {
        let token = try Token(parsing: token)
        let clause = Clause(bytes: [UInt8](text.utf8))
        let seal = MessageCode.compute(clause.bytes, key: token.seal)
        return Token(id: token.id, clauses: token.clauses + [clause], seal: seal).text
    }
}
