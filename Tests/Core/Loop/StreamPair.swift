import OpsCore

/// Two connected streams on one loop, and the listener that connected them.
struct StreamPair: Sendable {
    let client: ByteStream
    let server: ByteStream
    let listener: StreamListener

    static func tcp(on loop: EventLoop) async throws -> StreamPair {
        try await Self.make(on: loop) { accept in
            let listener = try StreamListener.tcp(
                host: "127.0.0.1", port: 0, on: loop, onConnection: accept)
            let port = listener.port
            return (
                listener,
                {
                    try await Connect.tcp(
                        host: "127.0.0.1", port: port, timeout: .seconds(10), on: loop)
                }
            )
        }
    }

    static func unix(path: String, on loop: EventLoop) async throws -> StreamPair {
        try await Self.make(on: loop) { accept in
            let listener = try StreamListener.unix(path: path, on: loop, onConnection: accept)
            return (listener, { try await Connect.unix(path: path, on: loop) })
        }
    }

    private typealias Dial = @Sendable () async throws -> ByteStream

    private static func make(
        on loop: EventLoop,
        _ listen:
            @escaping @Sendable (_ accept: @escaping (ByteStream) -> Void) throws ->
            (StreamListener, Dial)
    ) async throws -> StreamPair {
        let accepted = Promise<ByteStream>()
        let (listener, dial) = try await loop.perform { try listen { accepted.keep($0) } }
        let client = try await dial()
        return StreamPair(client: client, server: await accepted.value, listener: listener)
    }
}

extension ByteStream {
    /// Reads to the end and answers everything, with the end.
    func readAll() async throws -> (bytes: [UInt8], end: StreamEnd) {
        let result = Promise<([UInt8], StreamEnd)>()
        try await self.loop.perform {
            var bytes: [UInt8] = []
            self.startReading(
                onData: { bytes.append(contentsOf: $0) }, onEnd: { result.keep((bytes, $0)) })
        }
        return await result.value
    }

    /// Answers everything with itself, and ends when the peer does.
    func echo() {
        self.startReading(
            onData: { self.write($0) },
            onEnd: { end in
                if end == .endOfFile { self.shutdown { _ in self.close() } }
            })
    }
}
