internal import CWebSockets
internal import OpsJSONRPC

/// The head of the request that the library has just parsed; valid within that event only.
struct RequestHead {
    let wsi: OpaquePointer
    private let buffer: UnsafeMutableRawBufferPointer

    /// The buffer is for what is read last; it must take the longest header.
    init(_ wsi: OpaquePointer, buffer: UnsafeMutableRawBufferPointer) {
        self.wsi = wsi
        self.buffer = buffer
    }

    // MARK: - Headers

    func has(_ header: lws_token_indexes) -> Bool { lws_hdr_total_length(wsi, header) > 0 }

    /// The bytes of a header, until another one is read; empty when it is absent.
    func bytes(_ header: lws_token_indexes) -> UnsafeRawBufferPointer {
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        let count = opsw_header(wsi, header, start, CInt(buffer.count))
        return UnsafeRawBufferPointer(rebasing: buffer[..<max(0, Int(count))])
    }

    /// The text of a header; nil when it is absent.
    func text(_ header: lws_token_indexes) -> String? {
        let bytes = bytes(header)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a header that the library does not know; `name` is in lower case, with a colon.
    func text(named name: String) -> String? {
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        let count = lws_hdr_custom_copy(
            wsi, start, CInt(buffer.count), name, CInt(name.utf8.count))
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<Int(count)], as: UTF8.self)
    }

    /// What stands behind the question mark, cut at `&` and decoded.
    var arguments: [String] {
        var arguments: [String] = []
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        while true {
            let count = lws_hdr_copy_fragment(
                wsi, start, CInt(buffer.count), WSI_TOKEN_HTTP_URI_ARGS, CInt(arguments.count))
            guard count >= 0 else { return arguments }
            arguments.append(String(decoding: buffer[..<Int(count)], as: UTF8.self))
        }
    }

    // MARK: - Method

    /// Whether bytes may follow the head that belong to this request.
    var mayHaveBody: Bool {
        has(WSI_TOKEN_HTTP_CONTENT_LENGTH) || has(WSI_TOKEN_HTTP_TRANSFER_ENCODING)
            || has(WSI_TOKEN_POST_URI) || has(WSI_TOKEN_PUT_URI) || has(WSI_TOKEN_PATCH_URI)
    }

    var method: HTTPMethod? {
        if has(WSI_TOKEN_POST_URI) { return .post }
        return Self.methods.first { has($0.0) }?.1
    }

    private static let methods: [(lws_token_indexes, HTTPMethod)] = [
        (WSI_TOKEN_GET_URI, .get), (WSI_TOKEN_HEAD_URI, .head), (WSI_TOKEN_OPTIONS_URI, .options),
        (WSI_TOKEN_PUT_URI, .put), (WSI_TOKEN_PATCH_URI, .patch), (WSI_TOKEN_DELETE_URI, .delete),
    ]

    // MARK: - What must hold of every request

    /// Refuses what two programs could read in two ways: that is how requests are smuggled.
    func check() throws(HTTPRefusal) {
        if has(WSI_TOKEN_HTTP_TRANSFER_ENCODING) {
            throw HTTPRefusal(
                .lengthRequired,
                .invalidRequest("The body must have a Content-Length, not a Transfer-Encoding."),
                endsConnection: true)
        }
        if let repeated { throw .malformed("The header \(repeated) stands more than once.") }
        let version = bytes(WSI_TOKEN_HTTP)
        guard version.equals("HTTP/1.1") || version.equals("HTTP/1.0") else {
            throw HTTPRefusal(
                .versionNotSupported, .invalidRequest("Only HTTP/1.1 is spoken here."),
                endsConnection: true)
        }
    }

    /// A header that may stand once only; nil when that is so.
    private var repeated: StaticString? {
        if isRepeated(WSI_TOKEN_HTTP_CONTENT_LENGTH) { return "Content-Length" }
        if isRepeated(WSI_TOKEN_HOST) { return "Host" }
        if isRepeated(WSI_TOKEN_HTTP_AUTHORIZATION) { return "Authorization" }
        if isRepeated(WSI_TOKEN_ORIGIN) { return "Origin" }
        if isRepeated(WSI_TOKEN_HTTP_CONTENT_TYPE) { return "Content-Type" }
        return nil
    }

    private func isRepeated(_ header: lws_token_indexes) -> Bool {
        opsw_is_repeated(wsi, header) != 0
    }

    /// The length of the body; nil when the request does not say.
    func contentLength() throws(HTTPRefusal) -> Int? {
        guard has(WSI_TOKEN_HTTP_CONTENT_LENGTH) else { return nil }
        let digits = bytes(WSI_TOKEN_HTTP_CONTENT_LENGTH)
        guard digits.count <= 15, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .malformed("The Content-Length is not a number.")
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

/// The methods of HTTP that requests may have.
enum HTTPMethod: String {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
}
