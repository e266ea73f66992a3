internal import CCurl
internal import OpsJSONRPC

/// A libcurl transfer handle, used for one request after the other.
///
/// For the loop's thread only; ``HTTPClient`` sees to it.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?

    /// Makes a handle; `nil` when there is no memory.
    init?() {
        guard let curl = curl_easy_init() else { return nil }
        self.curl = curl
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(curl)
        curl_slist_free_all(headers)
        message.deallocate()
    }

    /// Forgets the last request, but not the memory that it took.
    func reset() {
        curl_easy_reset(curl)
        curl_slist_free_all(headers)
        headers = nil
        message.pointee = 0
    }

    // MARK: - Before the transfer

    /// Sets up a request that must be over within `timeout`.
    func prepare(_ request: HTTPRequest, timeout: Duration) {
        prepareSafety(timeout)
        prepareMethod(request)
        prepareHeaders(request)
        prepareConnection(request)
        if let login = request.login {
            set(CURLOPT_USERNAME, login.username)
            set(CURLOPT_PASSWORD, login.password)
        }
        set(CURLOPT_URL, request.url)
        set(CURLOPT_FOLLOWLOCATION, request.maxRedirects > 0)
        set(CURLOPT_MAXREDIRS, request.maxRedirects)
    }

    private func prepareSafety(_ timeout: Duration) {
        let parts = timeout.components
        let milliseconds =
            Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
        set(CURLOPT_TIMEOUT_MS, max(milliseconds, 1))
        opsl_curl_easy_setopt_text(curl, CURLOPT_ERRORBUFFER, message)
        set(CURLOPT_NOSIGNAL, true)
        // Otherwise a timeout while a name is looked up waits for the resolver's thread: on the loop.
        set(CURLOPT_QUICK_EXIT, true)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        // No proxy from the daemon's environment: a check measures the way that it names.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_USERAGENT, "OpsLoop")
    }

    private func prepareMethod(_ request: HTTPRequest) {
        let body = request.body ?? (request.method == .post ? [] : nil)
        if let body {
            set(CURLOPT_POST, true)
            opsl_curl_easy_setopt_off(
                curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes {
                _ = opsl_curl_easy_setopt_pointer(
                    curl, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
            }
        }
        switch request.method {
        case .post: break
        case .head: set(CURLOPT_NOBODY, true)
        case .get where body == nil: set(CURLOPT_HTTPGET, true)
        case .get, .put, .patch, .delete, .options:
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    private func prepareHeaders(_ request: HTTPRequest) {
        // Without it libcurl waits up to a second for "100 Continue" before it sends a body.
        for header in ["Expect:"] + request.headers {
            headers = curl_slist_append(headers, header) ?? headers
        }
        opsl_curl_easy_setopt_pointer(curl, CURLOPT_HTTPHEADER, headers)
    }

    private func prepareConnection(_ request: HTTPRequest) {
        set(CURLOPT_SSL_VERIFYPEER, request.verifiesTLS)
        set(CURLOPT_SSL_VERIFYHOST, request.verifiesTLS ? 2 : 0)
        prepareTrust(request)
        set(CURLOPT_CERTINFO, true)
        set(CURLOPT_SSL_SESSIONID_CACHE, false)
        // The name is looked up for every new connection, and none gets older than a minute.
        set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
        set(CURLOPT_MAXAGE_CONN, 30)
        set(CURLOPT_MAXLIFETIME_CONN, 60)
        if !request.reusesConnection || request.isEncrypted {
            set(CURLOPT_FRESH_CONNECT, true)
            set(CURLOPT_FORBID_REUSE, true)
        }
    }

    /// Has the trusted certificates read once in ten minutes, not for every connection.
    ///
    /// Reading the system's takes 25 ms, on the loop. libcurl keeps what it read of a file, but never
    /// when a folder is to be searched as well.
    private func prepareTrust(_ request: HTTPRequest) {
        if let file = request.caFile { set(CURLOPT_CAINFO, file) }
        if request.caFile != nil || Self.systemHasTrustFile {
            opsl_curl_easy_setopt_text(curl, CURLOPT_CAPATH, nil)
        }
        set(CURLOPT_CA_CACHE_TIMEOUT, 600)
    }

    /// Whether libcurl was built to find the system's certificates in one file.
    private static let systemHasTrustFile =
        opsl_curl_default_ca_file() != nil

    /// Says where the answer's body goes.
    func deliver(
        to context: UnsafeMutableRawPointer,
        _ function:
            @escaping @convention(c) (
                UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
            ) -> Int
    ) {
        opsl_curl_easy_setopt_write(curl, function)
        opsl_curl_easy_setopt_pointer(curl, CURLOPT_WRITEDATA, context)
    }

    private func set(_ option: CURLoption, _ value: Int) {
        opsl_curl_easy_setopt_long(curl, option, value)
    }

    private func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

    private func set(_ option: CURLoption, _ value: String) {
        opsl_curl_easy_setopt_text(curl, option, value)
    }

    // MARK: - After the transfer

    /// The HTTP status of the last answer; 0 when there was none.
    var status: Int { long(CURLINFO_RESPONSE_CODE) }

    /// How many redirects were followed.
    var redirects: Int { long(CURLINFO_REDIRECT_COUNT) }

    /// Whether the last answer came over TLS.
    var isEncrypted: Bool { text(CURLINFO_SCHEME).lowercased() == "https" }

    /// When each phase was over.
    var timings: HTTPTimings {
        HTTPTimings(
            nameLookup: seconds(CURLINFO_NAMELOOKUP_TIME_T),
            connect: seconds(CURLINFO_CONNECT_TIME_T),
            tls: seconds(CURLINFO_APPCONNECT_TIME_T),
            preTransfer: seconds(CURLINFO_PRETRANSFER_TIME_T),
            firstByte: seconds(CURLINFO_STARTTRANSFER_TIME_T),
            total: seconds(CURLINFO_TOTAL_TIME_T))
    }

    /// When the server's own certificate ends, the first that it sent; `nil` without TLS.
    var certificateEnd: Instant? {
        var chain: UnsafeMutablePointer<curl_certinfo>?
        guard opsl_curl_easy_getinfo_certificates(curl, &chain) == CURLE_OK, let chain,
            chain.pointee.num_of_certs > 0
        else { return nil }
        var line = chain.pointee.certinfo.pointee
        while let entry = line {
            let text = String(cString: entry.pointee.data)
            if text.hasPrefix("Expire date:") { return CertificateDate.parse(text.dropFirst(12)) }
            line = entry.pointee.next
        }
        return nil
    }

    /// The headers of the last answer, without those of redirects before it.
    var answerHeaders: [HTTPHeader] {
        var headers: [HTTPHeader] = []
        var last: UnsafeMutablePointer<curl_header>?
        while let header = curl_easy_nextheader(curl, UInt32(CURLH_HEADER), -1, last) {
            headers.append(
                HTTPHeader(
                    name: String(cString: header.pointee.name),
                    value: String(cString: header.pointee.value)))
            last = header
        }
        return headers
    }

    /// What is known about a transfer that ended with `code`.
    func evidence(_ code: CURLcode, size: Int) -> HTTPFailure.Evidence {
        HTTPFailure.Evidence(
            code: code,
            message: message.pointee == 0
                ? String(cString: curl_easy_strerror(code)) : String(cString: message),
            osError: CInt(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)),
            verification: long(CURLINFO_SSL_VERIFYRESULT), timings: timings, size: size,
            host: HTTPAddress.host(text(CURLINFO_EFFECTIVE_URL)), isEncrypted: isEncrypted)
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        opsl_curl_easy_getinfo_long(curl, info, &value)
        return value
    }

    private func seconds(_ info: CURLINFO) -> Double {
        var value: curl_off_t = 0
        opsl_curl_easy_getinfo_off(curl, info, &value)
        return Double(value) / 1_000_000
    }

    private func text(_ info: CURLINFO) -> String {
        var value: UnsafePointer<CChar>?
        opsl_curl_easy_getinfo_text(curl, info, &value)
        return value.map { String(cString: $0) } ?? ""
    }
}
