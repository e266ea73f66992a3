internal import CCurl
internal import OpsJSONRPC

/// Judges the address of an `http` check, by libcurl's own reading of it.
enum HTTPAddress {
    /// Returns what is wrong with the address.
    static func problems(_ text: String) -> [RPCError.FieldError] {
        problem(text).map { [RPCError.FieldError(path: "url", reason: $0)] } ?? []
    }

    private static func problem(_ text: String) -> String? {
        let address = curl_url()
        defer { curl_url_cleanup(address) }
        let code = curl_url_set(address, CURLUPART_URL, text, 0)
        guard code == CURLUE_OK else {
            return "is no address: \(String(cString: curl_url_strerror(code)))"
        }
        guard let scheme = part(CURLUPART_SCHEME, of: address), ["http", "https"].contains(scheme)
        else { return "must begin with http:// or https://" }
        // The address is shown in lists and messages; a password in it would be, too.
        guard part(CURLUPART_USER, of: address) == nil, part(CURLUPART_PASSWORD, of: address) == nil
        else { return "must not hold a user or password; give an Authorization header instead" }
        return nil
    }

    /// Returns the host of an address that has been validated, or the address itself.
    static func host(_ text: String) -> String {
        let address = curl_url()
        defer { curl_url_cleanup(address) }
        guard curl_url_set(address, CURLUPART_URL, text, 0) == CURLUE_OK,
            let host = part(CURLUPART_HOST, of: address)
        else { return text }
        return part(CURLUPART_PORT, of: address).map { "\(host):\($0)" } ?? host
    }

    /// Returns host and port of an address that has been validated, the port also where it is the
    /// scheme's usual one.
    static func authority(_ text: String) -> String {
        let address = curl_url()
        defer { curl_url_cleanup(address) }
        guard curl_url_set(address, CURLUPART_URL, text, 0) == CURLUE_OK,
            let host = part(CURLUPART_HOST, of: address),
            let port = part(CURLUPART_PORT, of: address, CURLU_DEFAULT_PORT)
        else { return text }
        return "\(host):\(port)"
    }

    private static func part(
        _ part: CURLUPart, of address: OpaquePointer?, _ flags: CInt = 0
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(address, part, &text, UInt32(flags)) == CURLUE_OK, let text else {
            return nil
        }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
