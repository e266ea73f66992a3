import CLibuv

extension HandleBox {
    static func tcp(on loop: EventLoop, for action: String) throws(LoopError) -> HandleBox {
        try HandleBox(uv_tcp_t.self, on: loop, for: action) { uv_tcp_init($0, $1) }
    }

    static func pipe(on loop: EventLoop, for action: String) throws(LoopError) -> HandleBox {
        try HandleBox(uv_pipe_t.self, on: loop, for: action) { uv_pipe_init($0, $1, 0) }
    }

    /// A Unix socket or pipe that exists already.
    ///
    /// It belongs to the box when this succeeds.
    static func pipe(
        descriptor: CInt, on loop: EventLoop, for action: String
    ) throws(LoopError) -> HandleBox {
        let box = try HandleBox.pipe(on: loop, for: action)
        let status = uv_pipe_open(box.pointer(uv_pipe_t.self), descriptor)
        guard status == 0 else {
            box.close()
            throw LoopError(status, action)
        }
        return box
    }
}

extension ByteStream {
    static func tcp(on loop: EventLoop) throws(LoopError) -> ByteStream {
        ByteStream(try .tcp(on: loop, for: "open a TCP stream"))
    }

    static func pipe(on loop: EventLoop) throws(LoopError) -> ByteStream {
        ByteStream(try .pipe(on: loop, for: "open a Unix stream"))
    }

    /// Turns off the delay of small packets: answers are written as a whole already.
    func sendAtOnce() {
        let handle = self.box.pointer(uv_handle_t.self)
        guard uv_handle_get_type(handle) == UV_TCP else { return }
        // A peer that is gone already fails here and is reported by the first read.
        uv_tcp_nodelay(self.box.pointer(uv_tcp_t.self), 1)
    }
}
