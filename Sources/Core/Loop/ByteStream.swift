import CLibuv
import Glibc

/// A connected stream: a Unix or TCP connection, or one end of a pipe.
///
/// It lives on the loop: every member is used there and every callback is called there. It is made
/// by `StreamListener` and `Connect`. While it reads or has something to write it keeps itself
/// alive; one that does neither and that nobody holds closes itself.
///
/// Nothing is called after `close`, except the `onDone` closures of what was not written.
///
/// `@unchecked Sendable`: guarded by the loop's thread; public functions check that they are on it.
public final class ByteStream: HandleOwner, @unchecked Sendable {
    /// The loop on which the stream lives.
    public let loop: EventLoop
    /// Called when everything that was queued has left; not for writes that left at once.
    public var onDrained: (() -> Void)?

    let box: HandleBox
    private(set) var failure: LoopError?
    private var onData: ((UnsafeRawBufferPointer) -> Void)?
    private var onEnd: ((StreamEnd) -> Void)?
    private var isReading = false
    /// Whether `shutdown` was called.
    private var isEnded = false
    private var writer: StreamWriter?

    init(_ box: HandleBox) {
        self.loop = box.loop
        self.box = box
        box.idleOwner = self
    }

    deinit {
        self.box.closeFromAnywhere()
    }

    /// The descriptor, to ask the kernel about the peer; -1 when the stream is closed.
    public var descriptor: CInt {
        guard self.box.isOpen else { return -1 }
        var descriptor: uv_os_fd_t = -1
        uv_fileno(self.box.pointer(uv_handle_t.self), &descriptor)
        return descriptor
    }

    /// Whether `close` has not been called.
    public var isOpen: Bool { self.box.isOpen }

    var stream: UnsafeMutablePointer<uv_stream_t> { self.box.pointer(uv_stream_t.self) }

    // MARK: - Reading

    /// Calls `onData` with what arrives, until `stopReading`.
    ///
    /// The bytes are valid during the call only. `onEnd` is called at most once with `.endOfFile`
    /// and at most once with `.failed`, which is the last call; the stream is closed by itself then.
    public func startReading(
        onData: @escaping (UnsafeRawBufferPointer) -> Void, onEnd: @escaping (StreamEnd) -> Void
    ) {
        self.loop.preconditionOnLoop()
        guard self.box.isOpen else { return }
        self.onData = onData
        self.onEnd = onEnd
        self.resumeReading()
    }

    /// Reads on after `stopReading`, with the same closures.
    public func resumeReading() {
        self.loop.preconditionOnLoop()
        guard self.box.isOpen, !self.isReading, self.onData != nil, self.failure == nil else {
            return
        }
        let status = uv_read_start(
            self.stream, { ByteStream.lendBuffer($0, $2) },
            { HandleBox.owner(of: $0, ByteStream.self)?.didRead($1, $2) })
        guard status == 0 else { return self.failSoon(LoopError(status, "read from a stream")) }
        self.isReading = true
        self.updateRetention()
    }

    /// Stops reading; the peer is held back by the kernel's buffers.
    ///
    /// `onEnd` stays valid for failing writes.
    public func stopReading() {
        self.loop.preconditionOnLoop()
        guard self.box.isOpen, self.isReading else { return }
        uv_read_stop(self.stream)
        self.isReading = false
        self.updateRetention()
    }

    private static func lendBuffer(
        _ handle: UnsafeMutablePointer<uv_handle_t>?, _ buffer: UnsafeMutablePointer<uv_buf_t>?
    ) {
        guard let uv = handle?.pointee.loop else { return }
        let memory = EventLoop.of(uv).readBuffer
        buffer?.pointee.base = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
        buffer?.pointee.len = memory.count
    }

    private func didRead(_ count: Int, _ buffer: UnsafePointer<uv_buf_t>?) {
        if count > 0 {
            self.onData?(UnsafeRawBufferPointer(start: buffer?.pointee.base, count: count))
        } else if count < 0 {
            self.didEnd(CInt(count))
        }
    }

    private func didEnd(_ status: CInt) {
        guard status == UV_EOF.rawValue else {
            return self.fail(LoopError(status, "read from a stream"))
        }
        self.isReading = false
        self.onData = nil
        self.updateRetention()
        self.onEnd?(.endOfFile)
    }

    // MARK: - Writing

    private var isWritable: Bool { self.failure == nil && !self.isEnded && self.box.isOpen }

    /// How many bytes were given to `write` and not yet taken by the kernel.
    public var queuedBytes: Int { self.writer?.queuedBytes ?? 0 }

    /// Writes bytes: what the kernel takes goes at once and without a copy, the rest is queued.
    ///
    /// `onDone` is called once, with an error when the bytes did not leave; that can be before
    /// `write` returns. A failed write also ends the stream, by `onEnd`.
    public func write(_ bytes: UnsafeRawBufferPointer, onDone: ((LoopError?) -> Void)? = nil) {
        self.loop.preconditionOnLoop()
        guard self.isWritable else {
            onDone?(self.failure ?? LoopError(UV_EPIPE, "write to a stream that was ended"))
            return
        }
        var rest = bytes
        if self.queuedBytes == 0 {
            let sent = self.tryWrite(bytes)
            if sent == bytes.count {
                onDone?(nil)
                return
            }
            rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        }
        self.queue(rest, onDone)
    }

    /// Writes an array of bytes, in the same way.
    public func write(_ bytes: [UInt8], onDone: ((LoopError?) -> Void)? = nil) {
        bytes.withUnsafeBytes { self.write($0, onDone: onDone) }
    }

    /// Ends the outgoing side once everything queued has left; the peer sees the end of the data.
    ///
    /// `onDone` is called once. Reading goes on.
    public func shutdown(onDone: ((LoopError?) -> Void)? = nil) {
        self.loop.preconditionOnLoop()
        guard self.failure == nil, self.box.isOpen else {
            onDone?(self.failure ?? LoopError(UV_ENOTCONN, "end a closed stream"))
            return
        }
        self.isEnded = true
        self.openWriter().shutdown(onDone)
        self.updateRetention()
    }

    /// What the kernel took; an error counts as nothing, because the queued write meets it again
    /// and reports it from a fresh stack.
    private func tryWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
        var buffer = uv_buf_t(bytes)
        return max(0, Int(uv_try_write(self.stream, &buffer, 1)))
    }

    private func queue(_ bytes: UnsafeRawBufferPointer, _ onDone: ((LoopError?) -> Void)?) {
        self.openWriter().append(bytes, onDone)
        self.updateRetention()
    }

    private func openWriter() -> StreamWriter {
        if let writer = self.writer { return writer }
        let writer = StreamWriter(self)
        self.writer = writer
        return writer
    }

    /// The writer has nothing to do any more; an idle stream holds no buffer.
    func writerIsIdle(afterWriting: Bool) {
        self.writer = nil
        self.updateRetention()
        if afterWriting { self.onDrained?() }
    }

    // MARK: - The end

    /// Closes the stream at once; what is queued is lost.
    ///
    /// `shutdown` first to keep it.
    public func close() {
        self.loop.preconditionOnLoop()
        guard self.box.isOpen else { return }
        self.dropClosures()
        self.box.close()
        self.writer?.cancel(LoopError(UV_ECANCELED, "write to a closed stream"))
    }

    /// Closes the stream from any thread; at once on the loop's.
    public func closeFromAnywhere() {
        self.loop.executeNow { self.close() }
    }

    func loopStops() {
        self.fail(.loopStopped("go on with a stream"))
    }

    /// Ends the stream in both directions: whoever waits is told, and the stream closes.
    func fail(_ error: LoopError) {
        guard self.failure == nil, self.box.isOpen else { return }
        self.stopReading()
        self.failure = error
        self.writer?.cancel(error)
        let onEnd = self.onEnd
        self.onData = nil
        self.onEnd = nil
        onEnd?(.failed(error))
        self.close()
    }

    /// Fails from a fresh stack: the caller of `write` or `startReading` is not called back from it.
    func failSoon(_ error: LoopError) {
        self.loop.execute { self.fail(error) }
    }

    private func dropClosures() {
        self.isReading = false
        self.onData = nil
        self.onEnd = nil
        self.onDrained = nil
    }

    private func updateRetention() {
        self.box.owner = self.isReading || self.writer != nil ? self : nil
    }
}

extension uv_buf_t {
    init(_ bytes: UnsafeRawBufferPointer) {
        let base = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
        self.init(base: base, len: bytes.count)
    }
}
