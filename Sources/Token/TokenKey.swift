/// The server's secret, with which it seals tokens and knows them again.
public struct TokenKey: Sendable {
    /// How long a key is.
    public static let byteCount = 32

    private let bytes: [UInt8]

    /// Takes a key's bytes; nil unless there are ``byteCount`` of them.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Makes a token with these restrictions.
    ///
    /// - Parameter salt: Random bytes that the server keeps with the id, so that an id that is
    ///   given out again, after a restored backup, does not bring an old token back to life.
    /// - Throws: ``TokenError`` when they are too many.
    public func issue(
        id: String, salt: [UInt8], restrictions: [Restriction] = []
    ) throws(TokenError) -> Token {
        precondition(Token.isID(id), "A token's id is 1 to 32 letters, digits and hyphens.")
        var token = Token(id: id, seal: firstSeal(id, salt))
        for restriction in restrictions { token = try token.narrowed(by: restriction) }
        return token
    }

    /// The seal behind each restriction of a token that descends from this key; nil when it does
    /// not.
    public func seals(of token: Token, salt: [UInt8]) -> [[UInt8]]? {
        var seal = firstSeal(token.id, salt)
        var seals: [[UInt8]] = []
        for clause in token.clauses {
            seal = MessageCode.compute(clause.bytes, key: seal)
            seals.append(seal)
        }
        return MessageCode.areEqual(seal, token.seal) ? seals : nil
    }

    private func firstSeal(_ id: String, _ salt: [UInt8]) -> [UInt8] {
        MessageCode.compute(
            [UInt8]("opsloop token 1\0\(id)\0".utf8) + salt, key: bytes)
    }
}

extension TokenKey: CustomStringConvertible, CustomReflectable {
    /// A word; never the bytes.
    public var description: String { "token key" }

    /// Nothing: the bytes are a secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
