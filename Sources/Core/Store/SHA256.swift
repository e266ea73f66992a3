import CCrypto

/// SHA-256 by libcrypto, which uses the processor's own instructions for it.
public final class SHA256: @unchecked Sendable {
    // @unchecked Sendable: `algorithm` is set once and only read; libcrypto documents a fetched
    // EVP_MD as usable by any number of threads.

    static let byteCount = 32
    private static let shared = SHA256()

    private let algorithm: OpaquePointer

    private init() {
        // Fetched once: libcrypto 3 would otherwise look the algorithm up by name for every hash.
        guard let algorithm = EVP_MD_fetch(nil, "SHA2-256", nil) else {
            preconditionFailure("libcrypto has no SHA-256; OpsLoop can't run with this library.")
        }
        self.algorithm = algorithm
    }

    /// The hash of some bytes as 64 lower-case digits.
    public static func hexadecimal(of bytes: [UInt8]) -> String { Hexadecimal.text(hash(bytes)) }

    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { room, count in
            let status = EVP_Digest(
                bytes, bytes.count, room.baseAddress, nil, shared.algorithm, nil)
            precondition(status == 1, "libcrypto could not compute a SHA-256.")
            count = byteCount
        }
    }
}
