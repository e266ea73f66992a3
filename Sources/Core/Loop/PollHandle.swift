import CLibuv

/// Tells when a descriptor of another library can be read or written.
///
/// The descriptor stays its owner's, who closes it after `close` here. A descriptor has one poll
/// handle at a time. The handle works until `stop` or `close`, held or not.
///
/// `@unchecked Sendable`: guarded by the loop's thread; every function checks that it is on it.
public final class PollHandle: HandleOwner, @unchecked Sendable {
    /// Receives what the descriptor is ready for, or why it cannot be watched any more.
    public typealias Callback = (Result<PollEvents, LoopError>) -> Void

    private let box: HandleBox
    private let descriptor: CInt
    private var onEvents: Callback?

    /// Makes a handle that does not watch yet, and sets the descriptor to non-blocking mode.
    ///
    /// On the loop only. Throws for descriptors that the kernel cannot watch, such as files.
    public init(on loop: EventLoop, descriptor: CInt) throws(LoopError) {
        self.descriptor = descriptor
        self.box = try HandleBox(uv_poll_t.self, on: loop, for: "watch descriptor \(descriptor)") {
            uv_poll_init($0, $1, descriptor)
        }
    }

    deinit {
        self.box.closeFromAnywhere()
    }

    /// Starts to watch, or changes what is watched for.
    ///
    /// The callback comes for as long as the descriptor is ready.
    ///
    /// After an error the handle has stopped; libuv reports a failed connection as one.
    public func start(readable: Bool, writable: Bool, _ onEvents: @escaping Callback) {
        self.box.loop.preconditionOnLoop()
        guard self.box.isOpen else { return }
        guard readable || writable else { return self.stop() }
        var events: PollEvents = []
        if readable { events.insert(.readable) }
        if writable { events.insert(.writable) }
        let status = uv_poll_start(
            self.box.pointer(uv_poll_t.self), events.rawValue,
            { HandleBox.owner(of: $0, PollHandle.self)?.didPoll($1, $2) })
        self.onEvents = onEvents
        self.box.owner = self
        if status < 0 { self.box.loop.execute { self.didPoll(status, 0) } }
    }

    /// Stops watching; `start` goes on.
    public func stop() {
        self.box.loop.preconditionOnLoop()
        guard self.box.isOpen else { return }
        uv_poll_stop(self.box.pointer(uv_poll_t.self))
        self.onEvents = nil
        self.box.owner = nil
    }

    /// Stops watching for good; the descriptor can be closed afterwards.
    public func close() {
        self.stop()
        self.box.close()
    }

    func loopStops() {
        let onEvents = self.onEvents
        self.close()
        onEvents?(.failure(.loopStopped("watch descriptor \(self.descriptor)")))
    }

    private func didPoll(_ status: CInt, _ events: CInt) {
        guard let onEvents = self.onEvents else { return }
        guard status < 0 else { return onEvents(.success(PollEvents(rawValue: events))) }
        self.stop()
        onEvents(.failure(LoopError(status, "watch descriptor \(self.descriptor)")))
    }
}
