import CLibuv

/// Owns the memory of one libuv handle, from its init call to its close callback.
///
/// Handles that are freed too early are the classic bug of programs on libuv. So every handle of
/// this module lives in a box, and the memory is released in one place: `closed`. The box is
/// retained by the handle until then. While a handle is active it keeps its `owner` alive too; an
/// idle one does not, so that an owner that nobody holds any more goes away and closes its box.
///
/// `@unchecked Sendable`: all but `loop` is touched on the loop's thread only (`close` checks).
final class HandleBox: @unchecked Sendable {
    let loop: EventLoop
    /// Whether the handle belongs to the loop itself and outlives all others.
    let isInfrastructure: Bool
    /// Set while the handle is active, so that callbacks find their object.
    var owner: (any HandleOwner)?
    /// The owner of an idle handle, which has to learn too that the loop stops.
    weak var idleOwner: (any HandleOwner)?
    private(set) var isOpen = true
    private let memory: UnsafeMutableRawPointer

    /// Allocates a handle and sets it up with `setUp`, which calls libuv's init function.
    ///
    /// Throws when that fails or when the loop is about to stop; the memory is gone then.
    init<H>(
        _ type: H.Type, on loop: EventLoop, infrastructure: Bool = false, for action: String,
        _ setUp: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<H>) -> CInt
    ) throws(LoopError) {
        loop.preconditionOnLoop()
        if loop.isStopping { throw .loopStopped(action) }
        let handle = UnsafeMutablePointer<H>.allocate(capacity: 1)
        self.loop = loop
        self.isInfrastructure = infrastructure
        self.memory = UnsafeMutableRawPointer(handle)
        let status = setUp(loop.uv, handle)
        guard status == 0 else {
            handle.deallocate()
            throw LoopError(status, action)
        }
        self.pointer(uv_handle_t.self).pointee.data = Unmanaged.passRetained(self).toOpaque()
        if !infrastructure { loop.openHandles += 1 }
    }

    /// The handle, as its own type or as one of libuv's base types.
    func pointer<H>(_ type: H.Type) -> UnsafeMutablePointer<H> {
        precondition(self.isOpen, "BUG DETECTED: a libuv handle is used after it was closed.")
        return self.memory.assumingMemoryBound(to: type)
    }

    /// Closes the handle; a second call does nothing.
    ///
    /// On the loop only.
    func close() {
        self.loop.preconditionOnLoop()
        guard self.isOpen else { return }
        let handle = self.pointer(uv_handle_t.self)
        self.isOpen = false
        uv_close(handle) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<HandleBox>.fromOpaque(data).takeRetainedValue().closed()
        }
    }

    /// Closes the handle from any thread; meant for `deinit`, which can run anywhere.
    func closeFromAnywhere() {
        self.loop.executeNow { self.close() }
    }

    private func closed() {
        self.memory.deallocate()
        self.owner = nil
        if !self.isInfrastructure { self.loop.openHandles -= 1 }
    }

    /// The box behind a handle that libuv passes to a callback.
    static func of<H>(_ handle: UnsafeMutablePointer<H>) -> HandleBox? {
        // Every handle type begins with the members of `uv_handle_t`.
        let base = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        guard let data = base.pointee.data else { return nil }
        return Unmanaged<HandleBox>.fromOpaque(data).takeUnretainedValue()
    }

    /// The object that a callback's handle works for; nil once the handle is idle or closing.
    static func owner<H, O: HandleOwner>(of handle: UnsafeMutablePointer<H>?, _ type: O.Type) -> O?
    {
        guard let handle, let owner = Self.of(handle)?.owner else { return nil }
        return unsafeDowncast(owner, to: O.self)
    }
}

extension LoopError {
    /// The loop is about to stop or has stopped.
    static func loopStopped(_ action: String) -> LoopError {
        LoopError(UV_ECANCELED, action, hint: "the event loop has stopped")
    }
}
