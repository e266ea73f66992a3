internal import CWebSockets
internal import OpsJSONRPC

extension HTTPExchange {
    /// Decides whether a connection may become a WebSocket.
    ///
    /// 0 lets it; anything else ends the connection, after the answer that says why.
    func upgrade() -> CInt {
        guard let wsi = connection.wsi else { return -1 }
        let request = RequestHead(wsi, buffer: connection.server.headerBuffer)
        guard request.has(WSI_TOKEN_UPGRADE) else { return -1 }
        do throws(HTTPRefusal) {
            try prepare(request)
            try checkUpgrade(request)
            try takeToken(request)
            return 0
        } catch {
            _ = refuse(error.endingConnection, mayHaveBody: false)
            return -1
        }
    }

    private func checkUpgrade(_ request: RequestHead) throws(HTTPRefusal) {
        guard request.bytes(WSI_TOKEN_UPGRADE).isLowercased("websocket") else {
            throw .malformed("Only an upgrade to WebSocket is possible.")
        }
        let path = request.bytes(WSI_TOKEN_GET_URI)
        if path.isEmpty { throw .method(allowed: "GET") }
        guard path.equals("/ws") else { throw .notFound(String(decoding: path, as: UTF8.self)) }
        guard request.bytes(WSI_TOKEN_VERSION).equals("13") else {
            throw HTTPRefusal(
                .upgradeRequired, .invalidRequest("Only version 13 of WebSocket is spoken."),
                headers: "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n")
        }
        guard request.bytes(WSI_TOKEN_KEY).count == 24 else {
            throw .malformed("The Sec-WebSocket-Key is missing or of the wrong length.")
        }
        let connection = (request.text(WSI_TOKEN_CONNECTION) ?? "").lowercased()
        guard connection.contains("upgrade"), connection.utf8.count < 120 else {
            throw .malformed("The header Connection does not say upgrade.")
        }
        try checkProtocol(request)
    }

    /// A client may name protocols; the library hangs up on one that does not name ours.
    private func checkProtocol(_ request: RequestHead) throws(HTTPRefusal) {
        guard let protocols = request.text(WSI_TOKEN_PROTOCOL) else { return }
        let names = protocols.split { $0 == "," || $0 == " " }
        guard names.contains("opsloop"), protocols.utf8.count < 120 else {
            throw .malformed("The only subprotocol is opsloop; none need be named.")
        }
    }

    /// Browsers can't send the header, so a WebSocket may show its token later.
    private func takeToken(_ request: RequestHead) throws(HTTPRefusal) {
        guard request.has(WSI_TOKEN_HTTP_AUTHORIZATION) else { return }
        admission = try admit(request)
    }
}

extension HTTPRefusal {
    fileprivate var endingConnection: HTTPRefusal {
        HTTPRefusal(status, error, headers: headers, endsConnection: true)
    }
}
