/// A right that can be handed on: an id, restrictions, and a seal that nobody can make without the
/// server's key.
///
/// ```
/// seal 0 = HMAC(key,    "opsloop token 1\0" id "\0" salt)
/// seal n = HMAC(seal n-1, text of restriction n)
/// ```
///
/// A token carries its last seal only. Whoever has it can compute the next one and so add a
/// restriction without asking anybody; to take one away, he would have to find the seal before.
public struct Token: Sendable, Equatable {
    /// Which of the server's tokens this one descends from.
    public let id: String
    /// The restrictions as they stand in the token, in the order in which they were added.
    public private(set) var clauses: [Clause]
    private(set) var seal: [UInt8]

    /// The longest text that is looked at.
    public static let maxTextBytes = 8192
    /// The most restrictions of one token.
    public static let maxClauses = 64
    static let sealBytes = 32

    init(id: String, clauses: [Clause] = [], seal: [UInt8]) {
        self.id = id
        self.clauses = clauses
        self.seal = seal
    }

    /// Returns the same token with one more restriction.
    ///
    /// - Throws: ``TokenError`` when the token has as many as a token may have.
    public func narrowed(by restriction: Restriction) throws(TokenError) -> Token {
        let clause = Clause(restriction)
        guard clauses.count < Self.maxClauses, clause.bytes.count <= Clause.maxBytes else {
            throw TokenError(.tooLong, "a token has at most \(Self.maxClauses) restrictions")
        }
        var token = self
        token.clauses.append(clause)
        token.seal = MessageCode.compute(clause.bytes, key: seal)
        guard token.textLength <= Self.maxTextBytes else {
            throw TokenError(.tooLong, "the token would be longer than \(Self.maxTextBytes) bytes")
        }
        return token
    }
}

// Whatever prints a token must not print what makes it one.
extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The token's id and how much it is restricted; never its text.
    public var description: String { "token \(id) with \(clauses.count) restrictions" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Nothing: the seal is a secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
