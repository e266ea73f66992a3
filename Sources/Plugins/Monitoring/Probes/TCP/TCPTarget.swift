/// Where a `tcp` check connects to.
enum TCPTarget: Sendable, Equatable {
    case tcp(host: String, port: Int)
    case unix(path: String)
}

extension TCPTarget: CustomStringConvertible {
    /// `example.org port 25` or the socket's path.
    var description: String {
        switch self {
        case .tcp(let host, let port): "\(host) port \(port)"
        case .unix(let path): path
        }
    }
}
