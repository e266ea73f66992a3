import OpsBenchFloor

/// A server that is pressed with calls, and how they go to it.
enum LoadTarget {
    /// A line each, over a Unix socket.
    case socket(String)
    /// `POST /rpc` each, over connections that are kept.
    case http(port: Int, token: String)
    /// A text message each.
    case webSocket(port: Int, token: String)

    var framing: ops_load_framing {
        switch self {
        case .socket: OPS_LINES
        case .http: OPS_HTTP
        case .webSocket: OPS_WEBSOCKET
        }
    }

    var socketPath: String? {
        guard case .socket(let path) = self else { return nil }
        return path
    }

    var port: Int {
        switch self {
        case .socket: 0
        case .http(let port, _), .webSocket(let port, _): port
        }
    }

    var token: String? {
        switch self {
        case .socket: nil
        case .http(_, let token), .webSocket(_, let token): token
        }
    }

    /// How errors name it; without the token.
    var name: String {
        switch self {
        case .socket(let path): path
        case .http(let port, _): "port \(port) by HTTP"
        case .webSocket(let port, _): "port \(port) by WebSocket"
        }
    }
}
