internal import CZlib

/// Reads gzip, no further than wanted: a few kilobytes can stand for gigabytes.
///
/// libcurl could do it, but takes a body that was cut for a whole one, and works on the loop.
enum Gunzip {
    /// Why there is no content.
    enum Failure: Error, Equatable {
        /// The content has more bytes than wanted.
        case tooLong
        /// The bytes end before the content does.
        case cut
        /// The bytes are no gzip, or its checksum is wrong.
        case damaged
    }

    private static let pieceSize = 64 << 10

    /// The content of gzip, at most `limit` bytes.
    static func content(of bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard opsz_gunzip_begin(&stream) == Z_OK else { throw .damaged }
        defer { inflateEnd(&stream) }
        var content: [UInt8] = []
        var input = bytes
        let failure = input.withUnsafeMutableBufferPointer { input -> Failure? in
            stream.next_in = input.baseAddress
            stream.avail_in = uInt(clamping: input.count)
            return inflate(&stream, into: &content, limit)
        }
        if let failure { throw failure }
        return content
    }

    private static func inflate(
        _ stream: inout z_stream, into content: inout [UInt8], _ limit: Int
    ) -> Failure? {
        var piece = [UInt8](repeating: 0, count: pieceSize)
        while true {
            let (code, count) = piece.withUnsafeMutableBufferPointer { piece in
                stream.next_out = piece.baseAddress
                stream.avail_out = uInt(piece.count)
                let code = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (code, piece.count - Int(stream.avail_out))
            }
            guard content.count + count <= limit else { return .tooLong }
            content += piece.prefix(count)
            switch code {
            case Z_OK: continue
            case Z_STREAM_END where stream.avail_in == 0: return nil
            // gzip may consist of several parts.
            case Z_STREAM_END where inflateReset(&stream) == Z_OK: continue
            case Z_BUF_ERROR: return .cut
            default: return .damaged
            }
        }
    }
}
