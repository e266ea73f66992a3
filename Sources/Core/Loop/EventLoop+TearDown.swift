import CLibuv
import Glibc
import Synchronization

extension EventLoop {
    /// How long handles may take to close when they have something to wait for, such as a child
    /// process that was killed and must be reaped.
    private static var patience: Duration { .seconds(2) }

    /// Brings the loop to its end.
    ///
    /// On the loop's thread, outside of `uv_run`.
    ///
    /// The order: nobody opens handles any more; their owners are told and close them; blocking
    /// work ends; what is in the inbox runs; the loop's own handles close; the waiting are told.
    func tearDown() {
        let workers = self.control.withLock { $0.workers }
        workers?.close()
        self.names.close()
        self.closeHandles()
        workers?.join()
        self.runWhatIsLeft()
        self.closeInfrastructure()
        self.finish()
    }

    private func closeHandles() {
        self.infrastructure?.watchdog.stop()
        let impatience = LoopTimer(on: self)
        impatience.start(after: Self.patience) { self.forceHandlesClosed() }
        // The timer that guards the closing is itself open, hence the one.
        self.isStopping = true
        // Their handles are in no box, so they must be gone before the boxes are counted.
        for guest in self.guests.values { guest.loopStops() }
        while !self.guests.isEmpty { self.turnOnce() }
        for box in self.boxes() where box.owner !== impatience { box.stopOwner() }
        while self.openHandles > 1 { self.turnOnce() }
        impatience.close()
        while self.openHandles > 0 { self.turnOnce() }
    }

    private func turnOnce() {
        uv_run(self.uv, UV_RUN_ONCE)
    }

    private func forceHandlesClosed() {
        for box in self.boxes() { box.close() }
    }

    /// The boxes of all handles that are neither the loop's own nor closing.
    private func boxes() -> [HandleBox] {
        var found: [HandleBox] = []
        withUnsafeMutablePointer(to: &found) { found in
            uv_walk(
                self.uv,
                { handle, found in
                    guard let handle, let box = HandleBox.of(handle) else { return }
                    guard box.isOpen, !box.isInfrastructure else { return }
                    found?.assumingMemoryBound(to: [HandleBox].self).pointee.append(box)
                }, found)
        }
        return found
    }

    /// Runs the inbox until it is empty; from then on nobody uses the wake-up handle.
    private func runWhatIsLeft() {
        repeat {
            self.runLater()
            self.runBatch()
        } while !self.closeInbox()
    }

    private func closeInbox() -> Bool {
        self.inbox.withLock { inbox in
            guard inbox.isEmpty, self.later.isEmpty else { return false }
            inbox.reader = .closing
            return true
        }
    }

    private func closeInfrastructure() {
        self.infrastructure?.close()
        self.infrastructure = nil
        uv_run(self.uv, UV_RUN_DEFAULT)
        let status = uv_loop_close(self.uv)
        precondition(
            status == 0, "BUG DETECTED: the event loop \(self.name) stops with open handles.")
    }

    private func finish() {
        self.owner.store(0, ordering: .releasing)
        let isWorkLeft = self.inbox.withLock { inbox in
            inbox.reader = .late(isRunning: !inbox.isEmpty)
            return !inbox.isEmpty
        }
        if isWorkLeft { self.startLateThread() }
        for continuation in self.control.withLock({ $0.finish() }) { continuation.resume() }
    }
}

extension HandleBox {
    /// Tells the owner that the loop stops; a handle that nobody knows any more just closes.
    fileprivate func stopOwner() {
        guard self.isOpen else { return }
        guard let owner = self.owner ?? self.idleOwner else { return self.close() }
        owner.loopStops()
    }
}
