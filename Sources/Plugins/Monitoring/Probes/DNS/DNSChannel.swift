internal import CCares

/// A channel of c-ares, which holds the sockets of one question.
///
/// `@unchecked Sendable`: made in any thread, and then for the loop's thread only; ``DNSLookup``
/// sees to it.
final class DNSChannel: @unchecked Sendable {
    /// c-ares wants to be set up once in a process.
    private static let isLibraryReady =
        ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS
    let ares: ares_channel

    /// Makes a channel that asks `server`, such as `127.0.0.1:53` or `[::1]:53`; nil for the system's servers, whose
    /// list is read from files, which is not for the loop.
    ///
    /// `onSocket` is called with `context` when a socket is to be watched, or no longer.
    init(
        server: String?, transport: DNSTransport, timeout: Duration,
        context: UnsafeMutableRawPointer?, onSocket: @escaping ares_sock_state_cb
    ) throws(DNSFailure) {
        guard Self.isLibraryReady else { throw DNSFailure(reason: "c-ares cannot be set up") }
        var options = ares_options()
        options.flags = Self.flags(transport)
        // The system's servers stand in for each other, so none of them gets all the time.
        options.timeout = CInt(clamping: max(timeout.milliseconds / (server == nil ? 6 : 1), 1))
        options.tries = server == nil ? 2 : 1
        options.ndots = 1
        options.sock_state_cb = onSocket
        options.sock_state_cb_data = context
        var mask =
            ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS
            | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_SOCK_STATE_CB
        if server != nil { mask |= ARES_OPT_SERVERS }
        var made: ares_channel?
        let lookups = Array("b".utf8CString)
        let status = lookups.withUnsafeBufferPointer { buffer in
            options.lookups = UnsafeMutablePointer(mutating: buffer.baseAddress)
            return ares_init_options(&made, &options, CInt(mask))
        }
        try DNSFailure.check(status)
        guard let made else { throw DNSFailure(reason: "c-ares made no channel") }
        ares = made
        if let server { try DNSFailure.check(ares_set_servers_ports_csv(made, server)) }
    }

    deinit {
        ares_destroy(ares)
    }

    /// The answer is wanted as it is, whatever it says, and the name as it was given.
    private static func flags(_ transport: DNSTransport) -> CInt {
        let common =
            ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS
        return CInt(transport == .tcp ? common | ARES_FLAG_USEVC : common)
    }
}
