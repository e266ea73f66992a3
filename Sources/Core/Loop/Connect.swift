import CLibuv

/// Opens connections to other programs.
///
/// The functions can be called from anywhere; the stream they answer lives on the loop that was
/// given. A task that is cancelled meanwhile gets `CancellationError`, and nothing stays open.
public enum Connect {
    /// Connects to a TCP port, trying the addresses of the host one after the other.
    ///
    /// `timeout` covers looking the name up and connecting. Throws `LoopError`, with `UV_ETIMEDOUT`
    /// when it was too slow.
    public static func tcp(
        host: String, port: Int, timeout: Duration, on loop: EventLoop
    ) async throws -> ByteStream {
        let attempt = ConnectAttempt(
            on: loop, to: .tcp(host: host, port: port), timeout: timeout)
        return try await attempt.result()
    }

    /// Connects to a Unix socket.
    public static func unix(
        path: String, timeout: Duration = .seconds(10), on loop: EventLoop
    ) async throws -> ByteStream {
        try await ConnectAttempt(on: loop, to: .unix(path: path), timeout: timeout).result()
    }
}
