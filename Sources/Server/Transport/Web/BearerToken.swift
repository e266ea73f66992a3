/// The token in an `Authorization` header.
enum BearerToken {
    private static let scheme: StaticString = "bearer "

    /// The token's text; nil when the header is of another kind.
    static func text(in header: UnsafeRawBufferPointer) -> String? {
        guard header.prefix(scheme.utf8CodeUnitCount).isLowercased(scheme) else { return nil }
        let token = header.dropFirst(scheme.utf8CodeUnitCount).drop { $0 == UInt8(ascii: " ") }
        guard !token.isEmpty, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: token, as: UTF8.self)
    }
}
