import CLibuv
import Glibc
import Synchronization

/// A libuv loop that runs Swift actors, tasks and closures on one thread.
///
/// It is driven in one of three ways: `start` gives it a thread of its own, `run` uses the caller's
/// thread until the loop stops, and a host that owns a loop already calls `step`. Any number of
/// loops can live in one process.
///
/// From other threads there is one door, `execute` (and `enqueue`, which Swift calls): it puts work
/// into an inbox under a lock and wakes the loop. Everything else is for the loop's thread.
///
/// A turn of the loop: timers · **inbox** · poll for I/O, with its callbacks · bodies given to
/// `nextTurn` · **inbox** · close callbacks. The loop sleeps in poll only when nothing waits.
///
/// `@unchecked Sendable`: `inbox` and `control` are behind their locks, `owner`, `hasWork` and
/// `stopRequested` are atomic, and the rest is touched only by the thread named in `owner`.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// The name that its thread shows in tools such as `top -H`.
    public let name: String

    let uv: UnsafeMutablePointer<uv_loop_t>
    let inbox = Guarded(LoopInbox())
    let control = Guarded(LoopControl())
    /// The thread that drives the loop at this moment; 0 when there is none.
    let owner = Atomic<UInt>(0)
    /// Whether the inbox holds something; saves the lock in most turns.
    let hasWork = Atomic<Bool>(false)
    let stopRequested = Atomic<Bool>(false)
    let lagWindow = Guarded(LagWindow())

    /// Every stream reads into this one buffer: libuv asks for it and hands it back in one breath.
    let readBuffer: UnsafeMutableRawBufferPointer
    var infrastructure: LoopInfrastructure?
    var later: [@Sendable () -> Void] = []
    var spareWork: [LoopWork] = []
    /// Handles that are not the loop's own and whose close callback has not run.
    var openHandles = 0
    /// Who looks host names up; on the loop only.
    lazy var names = NameResolver()
    var isStopping = false
    /// What a host that steps the loop polls; made when it is asked for, closed with the loop.
    var hostDescriptor: HostDescriptor?
    /// Whether the turn is at its poll for I/O; on the loop only.
    ///
    /// A guest that runs earlier in the turn goes through what it has put aside.
    public internal(set) var isPolling = false
    /// Libraries that have handles of their own on the loop, which are in no box.
    var guests: [ObjectIdentifier: any LoopGuest] = [:]

    /// Creates a loop; it does nothing until it is driven by `start`, `run` or `step`.
    ///
    /// Throws when the process has no descriptors left.
    public init(name: String = "opsloop") throws(LoopError) {
        self.name = name
        self.uv = try Self.make(name)
        self.readBuffer = .allocate(byteCount: 65_536, alignment: 16)
        self.uv.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    private static func make(_ name: String) throws(LoopError) -> UnsafeMutablePointer<uv_loop_t> {
        let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let status = uv_loop_init(uv)
        guard status == 0 else {
            uv.deallocate()
            throw LoopError(status, "create the event loop \(name)")
        }
        return uv
    }

    deinit {
        if !self.control.withLock({ $0.phase == .finished }) { self.closeUnused() }
        if let thread = self.control.withLock({ $0.thread.take() }) { pthread_detach(thread) }
        self.readBuffer.deallocate()
        self.uv.deallocate()
    }

    /// A loop that ever turned has handles, which keep it alive until it stops.
    private func closeUnused() {
        precondition(
            uv_loop_close(self.uv) == 0,
            "BUG DETECTED: an event loop went away with open handles; call stop() first.")
    }

    // MARK: - Where am I

    /// Whether the caller runs on the loop.
    public var isOnLoop: Bool { self.owner.load(ordering: .relaxed) == LoopThread.current }

    /// Stops the program when the caller does not run on the loop.
    public func preconditionOnLoop() {
        precondition(
            self.isOnLoop,
            "Called off the thread of the event loop; pass a closure to execute(_:) instead.")
    }

    // MARK: - Measures

    /// How late the loop was in the last minute.
    public var lag: LagSnapshot {
        self.lagWindow.withLock { $0.snapshot(at: uv_hrtime()) }
    }

    /// Threads for work that blocks; made at first use, ended with the loop.
    public var workers: WorkerPool {
        self.control.withLock { control in
            if let pool = control.workers { return pool }
            let pool = WorkerPool(threads: 4, name: "\(self.name)-worker")
            if control.phase == .finished { pool.close() }
            control.workers = pool
            return pool
        }
    }

    /// The loop behind a handle that libuv passes to a callback of the loop's own handles.
    static func of(_ uv: UnsafeMutablePointer<uv_loop_t>) -> EventLoop {
        Unmanaged<EventLoop>.fromOpaque(uv.pointee.data).takeUnretainedValue()
    }
}
