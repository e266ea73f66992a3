internal import CCrypto

/// HMAC-SHA256 (RFC 2104), by libcrypto.
enum MessageCode {
    static func compute(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var length: UInt32 = 0
        let code = [UInt8](unsafeUninitializedCapacity: Token.sealBytes) { room, count in
            let result = HMAC(
                EVP_sha256(), key, CInt(key.count), message, message.count, room.baseAddress,
                &length)
            precondition(
                result != nil && Int(length) == Token.sealBytes,
                "libcrypto has no SHA-256; it is not the library that OpsLoop was built for.")
            count = Int(length)
        }
        return code
    }

    /// Whether both are the same, in a time that does not tell where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
