internal import CWebSockets

/// Where libwebsockets reports everything that happens; each event goes to the object that it
/// concerns.
///
/// The answer 0 lets the connection go on, anything else closes it.
func webCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ count: Int
) -> CInt {
    if reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS {
        guard let owner = opsw_user_of_context(wsi) else { return -1 }
        let context = Unmanaged<WebContext>.fromOpaque(owner).takeUnretainedValue()
        return context.setUp(tls: user) ? 0 : -1
    }
    guard concernsConnection(reason), let owner = lws_get_opaque_user_data(wsi), let wsi else {
        return 0
    }
    let connection = Unmanaged<WebConnection>.fromOpaque(owner).takeUnretainedValue()
    return connection.handle(reason, wsi, UnsafeRawBufferPointer(start: input, count: count))
}

/// Whether the first argument is a connection; some events come with something that only looks
/// like one.
private func concernsConnection(_ reason: lws_callback_reasons) -> Bool {
    switch reason {
    case LWS_CALLBACK_HTTP, LWS_CALLBACK_HTTP_BODY, LWS_CALLBACK_HTTP_BODY_COMPLETION,
        LWS_CALLBACK_HTTP_WRITEABLE, LWS_CALLBACK_CLOSED_HTTP, LWS_CALLBACK_WSI_DESTROY,
        LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_RECEIVE,
        LWS_CALLBACK_RECEIVE_PONG, LWS_CALLBACK_SERVER_WRITEABLE, LWS_CALLBACK_CLOSED,
        LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        true
    default: false
    }
}
