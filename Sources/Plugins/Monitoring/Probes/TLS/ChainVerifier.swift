internal import CTLS
internal import Glibc
internal import OpsCore
internal import OpsJSONRPC

/// Follows chains of certificates to those that are trusted.
///
/// Reading files takes its time, so for worker threads only.
final class ChainVerifier: Sendable {
    /// A file of trusted certificates as it was read.
    ///
    /// `@unchecked Sendable`: OpenSSL guards its stores by locks of its own.
    private final class Store: @unchecked Sendable {
        let pointer: OpaquePointer
        let version: String

        init?(file: String?, version: String) {
            guard let pointer = X509_STORE_new() else { return nil }
            self.pointer = pointer
            self.version = version
            ERR_clear_error()
            let status =
                file.map { X509_STORE_load_locations(pointer, $0, nil) }
                ?? X509_STORE_set_default_paths(pointer)
            guard status == 1 else { return nil }
        }

        deinit {
            X509_STORE_free(pointer)
        }
    }

    /// By file; the system's stand under the empty name.
    private let stores = Guarded<[String: Store]>([:])

    /// Why nothing can be judged.
    struct Obstacle: Error, CustomStringConvertible {
        let description: String
    }

    /// Judges certificates in DER form.
    ///
    /// - Throws: ``Obstacle`` when `caFile` cannot be read.
    func judge(
        _ certificates: [[UInt8]], name: String, caFile: String?, at now: Instant
    ) throws(Obstacle) -> ChainVerdict {
        guard let store = store(caFile), let shown = opsl_x509_stack() else {
            throw Obstacle(description: "cannot read ca_file")
        }
        defer { opsl_x509_free_stack(shown) }
        for bytes in certificates { Self.add(bytes, to: shown) }
        guard let own = opsl_x509_at(shown, 0) else {
            return ChainVerdict(chain: [], distrust: "there is no certificate", isForName: false)
        }
        var verdict = verify(own, shown, store, at: now.milliseconds / 1000)
        verdict.isForName = Self.isFor(name, own)
        return verdict
    }

    private static func add(_ bytes: [UInt8], to stack: OpaquePointer) {
        bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            if let certificate = d2i_X509(nil, &start, buffer.count) {
                _ = opsl_x509_push(stack, certificate)
            }
        }
    }

    private static func isFor(_ name: String, _ certificate: OpaquePointer) -> Bool {
        IPAddress(name) == nil
            ? X509_check_host(certificate, name, name.utf8.count, 0, nil) == 1
            : X509_check_ip_asc(certificate, name, 0) == 1
    }

    // MARK: - The chain

    /// Certificates that are out of date are told by the chain, so that they do not hide other faults.
    private func verify(
        _ own: OpaquePointer, _ shown: OpaquePointer, _ store: Store, at seconds: Int64
    ) -> ChainVerdict {
        let first = attempt(own, shown, store, at: seconds)
        guard Self.outOfDate.contains(first.code) else { return first.verdict }
        return attempt(own, shown, store, at: nil).verdict
    }

    private static let outOfDate = [X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED]

    /// Looks for a way to a trusted certificate; without a time all dates are well.
    private func attempt(
        _ own: OpaquePointer, _ shown: OpaquePointer, _ store: Store, at seconds: Int64?
    ) -> (code: CInt, verdict: ChainVerdict) {
        let context = X509_STORE_CTX_new()
        defer { X509_STORE_CTX_free(context) }
        X509_STORE_CTX_init(context, store.pointer, own, shown)
        X509_STORE_CTX_set_default(context, "ssl_server")
        if let seconds {
            X509_STORE_CTX_set_time(context, 0, time_t(seconds))
        } else {
            X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_NO_CHECK_TIME))
        }
        if X509_verify_cert(context) == 1 {
            let chain = Self.chain(X509_STORE_CTX_get0_chain(context))
            return (X509_V_OK, ChainVerdict(chain: chain, distrust: nil, isForName: true))
        }
        let code = X509_STORE_CTX_get_error(context)
        let verdict = ChainVerdict(
            chain: Self.chain(shown), distrust: Self.words(code), isForName: true)
        return (code, verdict)
    }

    private static func chain(_ stack: OpaquePointer?) -> [Certificate] {
        (0..<opsl_x509_count(stack)).map { Certificate(opsl_x509_at(stack, $0)) }
    }

    private static func words(_ code: CInt) -> String {
        switch code {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            "the certificate is from an unknown authority"
        case X509_V_ERR_CERT_REVOKED: "the certificate has been revoked"
        case X509_V_ERR_INVALID_PURPOSE: "the certificate is not for servers"
        default: String(cString: X509_verify_cert_error_string(Int(code)))
        }
    }

    // MARK: - Trust

    /// Returns the store of a file as it is now; one that has not changed is not read again.
    private func store(_ file: String?) -> Store? {
        let version = Self.version(of: file.map { [$0] } ?? Self.systemPaths)
        if let known = stores.withLock({ $0[file ?? ""] }), known.version == version {
            return known
        }
        guard let store = Store(file: file, version: version) else { return nil }
        stores.withLock { $0[file ?? ""] = store }
        return store
    }

    /// Where OpenSSL looks for the system's certificates: a file and a folder.
    private static let systemPaths: [String] = {
        let pairs = [
            (X509_get_default_cert_file_env(), X509_get_default_cert_file()),
            (X509_get_default_cert_dir_env(), X509_get_default_cert_dir()),
        ]
        return pairs.compactMap { variable, path in
            (variable.flatMap { getenv($0) }.map { String(cString: $0) })
                ?? path.map { String(cString: $0) }
        }
    }()

    private static func version(of paths: [String]) -> String {
        paths.map { path in
            var facts = stat()
            guard stat(path, &facts) == 0 else { return "" }
            let changed = facts.st_mtim
            return "\(facts.st_ino) \(facts.st_size) \(changed.tv_sec).\(changed.tv_nsec)"
        }.joined(separator: " ")
    }
}
