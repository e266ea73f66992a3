import CLibuv

/// Somebody's wish to know the addresses of a host name.
///
/// On the loop only.
final class NameLookup {
    typealias Callback = (Result<[SocketAddress], LoopError>) -> Void

    /// What was tried, for its error.
    let action: String
    private let loop: EventLoop
    private let host: String
    private let port: Int
    private var onDone: Callback?

    private init(
        _ host: String, _ port: Int, on loop: EventLoop, _ action: String,
        _ onDone: @escaping Callback
    ) {
        self.host = host
        self.port = port
        self.loop = loop
        self.action = action
        self.onDone = onDone
    }

    /// Begins; `onDone` is called later, on the loop, unless the look-up is cancelled before.
    static func start(
        host: String, port: Int, on loop: EventLoop, for action: String,
        _ onDone: @escaping Callback
    ) throws(LoopError) -> NameLookup {
        let lookup = NameLookup(host, port, on: loop, action, onDone)
        try loop.names.look(up: host, for: lookup, on: loop)
        return lookup
    }

    /// Nobody waits any more.
    func cancel() {
        guard self.onDone.take() != nil else { return }
        self.loop.names.forget(self, of: self.host)
    }

    /// Takes the answer.
    func finish(_ answer: NameResolver.Answer) {
        guard let onDone = self.onDone.take() else { return }
        onDone(
            answer.map { $0.map { $0.with(port: self.port) } }
                .mapError { LoopError($0.status, self.action) })
    }
}
