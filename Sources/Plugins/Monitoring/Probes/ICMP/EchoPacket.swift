/// ICMP echo requests and replies as bytes, of both families.
enum EchoPacket {
    /// The header and the token; the shortest packet that can be told from others.
    static let minPayloadBytes = 8
    private static let headerBytes = 8

    /// Returns a request that carries `token`, by which its answer is known again.
    ///
    /// The kernel fills in the checksum, but not on raw sockets of IPv4.
    static func request(
        token: UInt64, identifier: UInt16, isIPv6: Bool, payloadBytes: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = [isIPv6 ? 128 : 8, 0, 0, 0]
        bytes += words(identifier) + words(UInt16(truncatingIfNeeded: token))
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: token >> (56 - 8 * $0)) }
        bytes += (0..<max(payloadBytes - minPayloadBytes, 0)).map { UInt8(truncatingIfNeeded: $0) }
        if !isIPv6 {
            let sum = words(checksum(bytes))
            bytes[2] = sum[0]
            bytes[3] = sum[1]
        }
        return bytes
    }

    /// Returns the token of a reply; nil when the packet is none.
    static func replyToken(_ bytes: ArraySlice<UInt8>, isIPv6: Bool) -> UInt64? {
        bytes.first == (isIPv6 ? 129 : 0) ? token(bytes) : nil
    }

    /// Returns the token of one of our requests, which came back as undeliverable; nil when it was
    /// cut too short to know.
    static func requestToken(_ bytes: ArraySlice<UInt8>, isIPv6: Bool) -> UInt64? {
        bytes.first == (isIPv6 ? 128 : 8) ? token(bytes) : nil
    }

    /// Returns what follows the IPv4 header, which raw sockets show.
    static func withoutIPv4Header(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.first, first >> 4 == 4 else { return [] }
        return bytes.dropFirst(Int(first & 15) * 4)
    }

    private static func token(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        let token = bytes.dropFirst(headerBytes).prefix(8)
        return token.count == 8 ? token.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    private static func words(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 255)]
    }

    /// The checksum of RFC 1071.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            sum += index.isMultiple(of: 2) ? UInt32(byte) << 8 : UInt32(byte)
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }
}
