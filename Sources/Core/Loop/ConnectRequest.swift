import CLibuv

/// A connection being made; libuv has it until its callback, which comes exactly once, also when
/// the stream is closed meanwhile.
///
/// On the loop only.
final class ConnectRequest {
    private let action: String
    private let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    private let onDone: (LoopError?) -> Void

    private init(_ action: String, _ onDone: @escaping (LoopError?) -> Void) {
        self.action = action
        self.onDone = onDone
    }

    deinit {
        self.request.deallocate()
    }

    static func tcp(
        _ stream: ByteStream, _ address: SocketAddress, for action: String,
        _ onDone: @escaping (LoopError?) -> Void
    ) {
        let connect = ConnectRequest(action, onDone)
        let handle = stream.box.pointer(uv_tcp_t.self)
        let status = address.withPointer {
            uv_tcp_connect(connect.request, handle, $0) { ConnectRequest.finished($0, $1) }
        }
        // Such as no route at all; libuv does not call back then.
        if status < 0 { return onDone(LoopError(status, action)) }
        connect.retain()
    }

    static func unix(
        _ stream: ByteStream, _ path: String, for action: String,
        _ onDone: @escaping (LoopError?) -> Void
    ) {
        let connect = ConnectRequest(action, onDone)
        // Every failure comes by the callback.
        uv_pipe_connect(connect.request, stream.box.pointer(uv_pipe_t.self), path) {
            ConnectRequest.finished($0, $1)
        }
        connect.retain()
    }

    /// libuv does not call back from within the call that starts a request.
    private func retain() {
        self.request.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    private static func finished(_ request: UnsafeMutablePointer<uv_connect_t>?, _ status: CInt) {
        guard let data = request?.pointee.data else { return }
        let connect = Unmanaged<ConnectRequest>.fromOpaque(data).takeRetainedValue()
        connect.onDone(status < 0 ? LoopError(status, connect.action) : nil)
    }
}
