internal import CCrypto

/// Bytes that nobody can guess.
public enum RandomBytes {
    /// Draws that many.
    ///
    /// - Throws: ``TokenError`` when the operating system has none to give.
    public static func draw(_ count: Int) throws(TokenError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, CInt(count)) == 1 else {
            throw TokenError(.noRandomness, "the operating system gave no random bytes")
        }
        return bytes
    }
}
