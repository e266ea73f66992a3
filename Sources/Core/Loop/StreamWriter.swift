import CLibuv

/// What a stream still has to write: one buffer that libuv writes from, one that fills meanwhile.
///
/// It exists only while there is something to write or to shut down, so that an idle stream holds
/// no memory. While libuv has one of the requests, the stream retains its writer. On the loop only.
final class StreamWriter {
    typealias Callback = (LoopError?) -> Void

    private unowned let owner: ByteStream
    private let writeRequest = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
    private let shutdownRequest = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
    /// libuv reads from this one until its callback.
    private var leaving: OutgoingBytes?
    private var waiting: OutgoingBytes?
    /// Bytes taken and bytes written since the writer exists: a callback waits for its own end.
    private var taken = 0
    private var written = 0
    private var callbacks: [(end: Int, call: Callback)] = []
    private var onShutdown: [Callback]?
    private var error: LoopError?

    init(_ owner: ByteStream) {
        self.owner = owner
        self.writeRequest.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        self.shutdownRequest.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        self.writeRequest.deallocate()
        self.shutdownRequest.deallocate()
    }

    /// What the kernel has not taken yet.
    var queuedBytes: Int {
        guard self.error == nil else { return 0 }
        let waiting = self.waiting?.count ?? 0
        guard self.leaving != nil else { return waiting }
        return uv_stream_get_write_queue_size(self.owner.stream) + waiting
    }

    // MARK: - Writing

    func append(_ bytes: UnsafeRawBufferPointer, _ onDone: Callback?) {
        let buffer = self.waiting ?? OutgoingBytes(capacity: bytes.count)
        self.waiting = buffer
        buffer.append(bytes)
        self.taken += bytes.count
        if let onDone { self.callbacks.append((self.taken, onDone)) }
        if self.leaving == nil { self.startWriting() }
    }

    private func startWriting() {
        guard let buffer = self.waiting.take() else { return }
        self.leaving = buffer
        var bytes = uv_buf_t(buffer.bytes)
        let status = uv_write(
            self.writeRequest, self.owner.stream, &bytes, 1,
            { StreamWriter.of($0?.pointee.data)?.didWrite($1) })
        guard status < 0 else { return }
        self.leaving = nil
        self.owner.failSoon(LoopError(status, "write to a stream"))
    }

    private func didWrite(_ status: CInt) {
        let count = self.leaving.take()?.count ?? 0
        guard self.error == nil else { return }
        if status < 0 { return self.owner.fail(LoopError(status, "write to a stream")) }
        self.written += count
        self.startWriting()
        self.callDone()
        self.goOn(afterWriting: true)
    }

    private func callDone() {
        let ready = self.callbacks.prefix { $0.end <= self.written }
        self.callbacks.removeFirst(ready.count)
        for callback in ready { callback.call(nil) }
    }

    /// Callbacks may have written more, asked for the end, or closed the stream.
    private func goOn(afterWriting: Bool) {
        guard self.leaving == nil, self.error == nil, self.owner.isOpen else { return }
        if self.onShutdown != nil { return self.startShutdown() }
        self.owner.writerIsIdle(afterWriting: afterWriting)
    }

    // MARK: - The end

    func shutdown(_ onDone: Callback?) {
        let wasWanted = self.onShutdown != nil
        self.onShutdown = (self.onShutdown ?? []) + (onDone.map { [$0] } ?? [])
        if !wasWanted, self.leaving == nil { self.startShutdown() }
    }

    private func startShutdown() {
        let status = uv_shutdown(
            self.shutdownRequest, self.owner.stream,
            { StreamWriter.of($0?.pointee.data)?.didShutDown($1) })
        if status < 0 { self.owner.failSoon(LoopError(status, "end a stream")) }
    }

    private func didShutDown(_ status: CInt) {
        guard self.error == nil else { return }
        let error = status < 0 ? LoopError(status, "end a stream") : nil
        for call in self.onShutdown.take() ?? [] { call(error) }
        guard self.owner.isOpen else { return }
        self.owner.writerIsIdle(afterWriting: false)
    }

    /// Tells everyone who waits that it will not happen.
    ///
    /// libuv may still hold a request; it gives it back when the stream closes.
    func cancel(_ error: LoopError) {
        guard self.error == nil else { return }
        self.error = error
        self.waiting = nil
        let calls = self.callbacks.map(\.call) + (self.onShutdown ?? [])
        self.callbacks = []
        self.onShutdown = nil
        for call in calls { call(error) }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> StreamWriter? {
        data.map { Unmanaged<StreamWriter>.fromOpaque($0).takeUnretainedValue() }
    }
}
