/// A token's text: `opsl1_` and, in base64url, the seal, the id and the restrictions.
///
/// ```
/// seal: 32 bytes; then for the id and for each restriction: length (2 bytes, big end first), bytes
/// ```
extension Token {
    /// How every token begins, so that people and scanners for lost secrets know one.
    public static let prefix = "opsl1_"

    /// The token itself, on one line: whoever has this text has the token's rights.
    public var text: String {
        var bytes = seal
        for part in parts {
            bytes += [UInt8(part.count >> 8), UInt8(part.count & 0xFF)]
            bytes += part
        }
        return Self.prefix + Base64URL.encode(bytes)
    }

    private var parts: [[UInt8]] { [[UInt8](id.utf8)] + clauses.map(\.bytes) }

    var textLength: Int {
        let bytes = Self.sealBytes + parts.reduce(0) { $0 + 2 + $1.count }
        return Self.prefix.utf8.count + Base64URL.length(of: bytes)
    }

    /// Reads a token's text, without looking at the seal: that takes the server's key.
    ///
    /// One line end behind it is forgiven, because files end with one.
    /// - Throws: ``TokenError``, which never quotes the text.
    public init(parsing text: String) throws(TokenError) {
        var text = text[...]
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        guard text.hasPrefix(Self.prefix) else {
            throw Self.malformed("a token begins with \(Self.prefix)")
        }
        guard text.utf8.count <= Self.maxTextBytes else {
            throw Self.malformed("a token is not longer than \(Self.maxTextBytes) bytes")
        }
        guard let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)) else {
            throw Self.malformed("it holds a character that no token has, or is incomplete")
        }
        try self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) throws(TokenError) {
        guard bytes.count > Self.sealBytes, var parts = Self.parts(bytes[Self.sealBytes...]),
            !parts.isEmpty
        else { throw Self.malformed("it is incomplete") }
        let id = String(decoding: parts.removeFirst(), as: UTF8.self)
        guard Self.isID(id) else { throw Self.malformed("its id is none") }
        guard parts.count <= Self.maxClauses else {
            throw Self.malformed("it has more than \(Self.maxClauses) restrictions")
        }
        self.init(
            id: id, clauses: parts.map { Clause(bytes: $0) },
            seal: [UInt8](bytes[..<Self.sealBytes]))
    }

    private static func parts(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var rest = bytes
        var parts: [[UInt8]] = []
        while let high = rest.popFirst() {
            guard let low = rest.popFirst() else { return nil }
            let length = Int(high) << 8 | Int(low)
            guard length <= Clause.maxBytes, rest.count >= length else { return nil }
            parts.append([UInt8](rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return parts
    }

    static func isID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || Base64URL.isAlphanumeric($0) }
    }

    private static func malformed(_ reason: String) -> TokenError {
        TokenError(.malformed, "this is no token: \(reason)")
    }
}
