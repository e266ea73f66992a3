import CLibuv
import Glibc
import Synchronization

extension EventLoop {
    // MARK: - Driving the loop

    /// Gives the loop a thread of its own.
    ///
    /// Throws when the process gets no thread; the loop is then as it was.
    public func start() throws(LoopError) {
        guard self.enter() else { return }
        do throws(LoopError) {
            let thread = try LoopThread.start(name: self.name) { self.runToTheEnd() }
            self.control.withLock { $0.thread = thread }
        } catch {
            // Whoever asked for the end meanwhile could not do it here.
            if !self.leave() { self.stopHere() }
            throw error
        }
    }

    /// Runs the loop on the caller's thread until it is asked to stop.
    public func run() {
        guard self.enter() else { return }
        SigpipeMask.whileBlocked { self.runToTheEnd() }
    }

    /// Runs what is ready, waiting up to `timeoutMs` for something (0: not at all, -1: for ever).
    ///
    /// For a host that has a loop of its own: it polls `makeHostDescriptor`'s descriptor and calls
    /// `step(timeoutMs: 0)` when that is readable. It steps once before the first poll.
    /// The answer is false when the loop has stopped, which happens here when stop was asked for.
    public func step(timeoutMs: Int) -> Bool {
        guard self.enter() else { return false }
        return SigpipeMask.whileBlocked {
            self.takeOver()
            self.turn(timeoutMs: timeoutMs)
            self.hostDescriptor?.arm(afterMs: self.currentTimeoutMs)
            if self.leave() { return true }
            self.tearDown()
            self.hostDescriptor?.arm(afterMs: 0)
            return false
        }
    }

    /// Makes the descriptor that is readable whenever `step` has something to do, timers included.
    ///
    /// On the thread that steps, between two steps. The loop owns the descriptor and closes it when
    /// it goes away itself; a second call answers the same one.
    public func makeHostDescriptor() throws(LoopError) -> CInt {
        if let made = self.hostDescriptor { return made.descriptor }
        let made = try HostDescriptor(watching: uv_backend_fd(self.uv))
        made.arm(afterMs: 0)
        self.hostDescriptor = made
        return made.descriptor
    }

    /// Closes the host's descriptor before the loop goes away; nobody may watch it any more.
    ///
    /// On the thread that stepped, after the loop has stopped.
    public func closeHostDescriptor() { self.hostDescriptor = nil }

    /// The time until the next timer, from now and not from the beginning of the turn.
    private var currentTimeoutMs: Int {
        uv_update_time(self.uv)
        return self.backendTimeoutMs
    }

    /// The descriptor that becomes readable when `step` has something to do, but for timers.
    public var backendDescriptor: CInt { uv_backend_fd(self.uv) }

    /// How long a host may wait for `backendDescriptor` before it steps; -1 for as long as it likes.
    public var backendTimeoutMs: Int {
        if self.hasWork.load(ordering: .acquiring) { return 0 }
        if opsloop_has_unregistered_watchers(self.uv) != 0 { return 0 }
        return Int(uv_backend_timeout(self.uv))
    }

    // MARK: - Asking for the end

    /// Asks the loop to stop after its current turn.
    ///
    /// From any thread, and from signal callbacks.
    public func requestStop() {
        self.stopRequested.store(true, ordering: .releasing)
        self.inbox.withLock { $0.wakeLoop() }
    }

    /// Stops the loop: closes every handle, runs what was given to it, and ends its thread.
    ///
    /// Whoever waits for something on the loop gets an error. A second call waits for the same end.
    /// A loop that nobody drives at the moment is stopped right here.
    public func stop() async {
        self.requestStop()
        if self.control.withLock({ $0.enter() }) == .driven { self.stopHere() }
        await withCheckedContinuation { continuation in
            let waits = self.control.withLock { $0.wait(continuation) }
            if !waits { continuation.resume() }
        }
        // The thread is past its last use of the loop, so this does not block.
        if let thread = self.control.withLock({ $0.thread.take() }) { pthread_join(thread, nil) }
    }

    private func stopHere() {
        SigpipeMask.whileBlocked {
            self.takeOver()
            self.tearDown()
        }
    }

    // MARK: - Entering and leaving

    /// Answers false when the loop has stopped.
    private func enter() -> Bool {
        let phase = self.control.withLock { $0.enter() }
        precondition(
            phase != nil,
            "The event loop \(self.name) is driven already; one loop has one thread at a time.")
        return phase == .driven
    }

    private func runToTheEnd() {
        self.takeOver()
        uv_run(self.uv, UV_RUN_DEFAULT)
        self.tearDown()
    }

    /// Makes the current thread the loop's, and sets the loop up when this is the first time.
    private func takeOver() {
        self.owner.store(LoopThread.current, ordering: .releasing)
        guard self.infrastructure == nil else { return }
        do throws(LoopError) {
            let made = try LoopInfrastructure(self)
            self.infrastructure = made
            let wakeup = made.sender
            self.inbox.withLock { $0.reader = .loop(wakeup) }
        } catch {
            preconditionFailure("The event loop \(self.name) does not start: \(error).")
        }
    }

    private func turn(timeoutMs: Int) {
        // What waits in the inbox runs before the poll, which then must not sleep on.
        let mayWait = timeoutMs != 0 && self.backendTimeoutMs != 0
        guard mayWait, timeoutMs > 0 else {
            uv_run(self.uv, mayWait ? UV_RUN_ONCE : UV_RUN_NOWAIT)
            return
        }
        let timer = LoopTimer(on: self)
        timer.start(after: .milliseconds(timeoutMs)) {}
        uv_run(self.uv, UV_RUN_ONCE)
        timer.cancel()
    }

    /// Gives the loop back after a step; false when it is to stop instead.
    private func leave() -> Bool {
        self.control.withLock { control in
            if self.stopRequested.load(ordering: .acquiring) { return false }
            self.owner.store(0, ordering: .releasing)
            control.phase = .idle
            return true
        }
    }
}
