internal import CTLS

/// The client's side of one TLS connection, on bytes in memory.
///
/// For the loop's thread only; ``TLSConversation`` sees to it.
final class TLSSession {
    /// How far the handshake is.
    enum Progress {
        case going
        case done
        case failed(reason: String)
    }

    private static let pieceBytes = 16_384
    /// OpenSSL guards what its connections share.
    nonisolated(unsafe) private static let context = opsl_tls_context()

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// Makes a session that asks for `serverName`; nil when there is no memory.
    init?(serverName: String?) {
        guard let context = Self.context, let ssl = SSL_new(context),
            let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
        else { return nil }
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        if let serverName { _ = opsl_tls_set_server_name(ssl, serverName) }
    }

    deinit {
        SSL_free(ssl)
    }

    /// Takes bytes of the server's.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        BIO_write(incoming, bytes.baseAddress, CInt(clamping: bytes.count))
    }

    /// Goes on with the handshake as far as the received bytes allow.
    func handshake() -> Progress {
        ERR_clear_error()
        let status = SSL_do_handshake(ssl)
        if status == 1 { return .done }
        let error = SSL_get_error(ssl, status)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return .going }
        return .failed(reason: Self.lastError)
    }

    private static var lastError: String {
        let words = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
        return words ?? "the server does not speak TLS"
    }

    /// What the server said by the bytes that have come.
    enum Words {
        case said([UInt8])
        /// The server has said goodbye.
        case ended
        case failed(reason: String)
    }

    /// Takes bytes that are to be said to the server.
    func say(_ bytes: [UInt8]) {
        ERR_clear_error()
        SSL_write(ssl, bytes, CInt(clamping: bytes.count))
    }

    /// Returns what the server said and nobody has heard yet; nothing when more has to come first.
    func hear() -> Words {
        var heard: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            ERR_clear_error()
            let count = SSL_read(ssl, &piece, CInt(piece.count))
            if count > 0 {
                heard += piece[..<Int(count)]
                continue
            }
            switch SSL_get_error(ssl, count) {
            case _ where !heard.isEmpty: return .said(heard)
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .said([])
            case SSL_ERROR_ZERO_RETURN: return .ended
            default: return .failed(reason: Self.lastError)
            }
        }
    }

    /// Says goodbye, as far as it goes without the other side.
    func sayGoodbye() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// Returns what has to go to the server.
    func takeOutgoing() -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let count = Int(BIO_read(outgoing, &piece, CInt(piece.count)))
            if count <= 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// What the server showed of itself in the handshake.
    var introduction: TLSIntroduction {
        TLSIntroduction(
            version: TLSVersion(number: SSL_version(ssl)),
            cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) }
                ?? "",
            certificates: (0..<opsl_tls_chain_count(ssl)).map { Self.bytes(of: $0, ssl) })
    }

    private static func bytes(of index: CInt, _ ssl: OpaquePointer) -> [UInt8] {
        let certificate = opsl_tls_chain_certificate(ssl, index)
        let count = i2d_X509(certificate, nil)
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
            var end = buffer.baseAddress
            used = Int(max(i2d_X509(certificate, &end), 0))
        }
    }
}
