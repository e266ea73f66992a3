import CLibuv
import Glibc

/// Accepts connections on a Unix socket or a TCP port.
///
/// It lives on the loop and listens until `close`, held or not.
///
/// `@unchecked Sendable`: guarded by the loop's thread, which `HandleBox` checks.
public final class StreamListener: HandleOwner, @unchecked Sendable {
    /// Called with what went wrong when a connection could not be accepted.
    public var onError: ((LoopError) -> Void)?

    private let box: HandleBox
    private let makeStream: (EventLoop) throws(LoopError) -> ByteStream
    private let onConnection: (ByteStream) -> Void
    private var socketFile: UnixSocketFile?

    private init(
        _ box: HandleBox, onConnection: @escaping (ByteStream) -> Void,
        makeStream: @escaping (EventLoop) throws(LoopError) -> ByteStream
    ) {
        self.box = box
        self.makeStream = makeStream
        self.onConnection = onConnection
    }

    /// Listens on a Unix socket that only the current user can connect to, unless `permissions` say
    /// otherwise.
    ///
    /// On the loop only.
    ///
    /// `close` removes the file again. Throws when the path is too long, or is there already:
    /// whether a file that is there can be removed is for the caller to know.
    public static func unix(
        path: String, permissions: SocketPermissions = SocketPermissions(), on loop: EventLoop,
        backlog: CInt = 128, onConnection: @escaping (ByteStream) -> Void
    ) throws(LoopError) -> StreamListener {
        let action = "listen on \(path)"
        let (descriptor, file) = try UnixSocketFile.bind(path: path, permissions)
        let box: HandleBox
        do throws(LoopError) {
            box = try HandleBox.pipe(descriptor: descriptor, on: loop, for: action)
        } catch {
            Glibc.close(descriptor)
            file.remove()
            throw error
        }
        let listener = StreamListener(box, onConnection: onConnection, makeStream: ByteStream.pipe)
        listener.socketFile = file
        try listener.listen(backlog, action)
        return listener
    }

    /// Listens on a TCP port; 0 takes a free one, which `port` tells.
    ///
    /// On the loop only.
    ///
    /// `host` is a numeric address, IPv4 or IPv6: looking up a name could block.
    public static func tcp(
        host: String, port: Int, on loop: EventLoop, backlog: CInt = 128,
        onConnection: @escaping (ByteStream) -> Void
    ) throws(LoopError) -> StreamListener {
        let action = "listen on \(host) port \(port)"
        let address = try SocketAddress.numeric(host: host, port: port, for: action)
        let box = try HandleBox.tcp(on: loop, for: action)
        let listener = StreamListener(box, onConnection: onConnection, makeStream: ByteStream.tcp)
        let status = address.withPointer { uv_tcp_bind(box.pointer(uv_tcp_t.self), $0, 0) }
        guard status == 0 else {
            box.close()
            throw LoopError(status, action)
        }
        try listener.listen(backlog, action)
        return listener
    }

    private func listen(_ backlog: CInt, _ action: String) throws(LoopError) {
        let status = uv_listen(
            self.box.pointer(uv_stream_t.self), backlog,
            { HandleBox.owner(of: $0, StreamListener.self)?.accept($1) })
        self.box.owner = self
        guard status == 0 else {
            self.close()
            throw LoopError(status, action)
        }
    }

    /// The TCP port that is listened on; 0 for a Unix socket and when closed.
    public var port: Int {
        guard self.box.isOpen, self.socketFile == nil else { return 0 }
        return SocketAddress.localPort(self.box.pointer(uv_tcp_t.self))
    }

    /// Stops listening; accepted connections stay.
    ///
    /// On the loop only.
    public func close() {
        self.box.close()
        self.socketFile.take()?.remove()
        self.onError = nil
    }

    func loopStops() {
        self.close()
    }

    private func accept(_ status: CInt) {
        do throws(LoopError) {
            try LoopError.check(status, "accept a connection")
            let stream = try self.makeStream(self.box.loop)
            let server = self.box.pointer(uv_stream_t.self)
            try LoopError.check(uv_accept(server, stream.stream), "accept a connection")
            stream.sendAtOnce()
            self.onConnection(stream)
        } catch {
            self.onError?(error)
        }
    }
}
