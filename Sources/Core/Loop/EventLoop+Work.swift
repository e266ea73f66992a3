import CLibuv
import Glibc
import Synchronization

extension EventLoop {
    // MARK: - Giving work to the loop

    /// Runs `body` on the loop, after what was given before.
    ///
    /// From any thread.
    ///
    /// After the loop has stopped a short-lived thread runs it, one body at a time, so that nobody
    /// waits for ever; handles cannot be opened any more by then.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        self.add(.body(body))
    }

    /// Runs `body` at once when the caller is on the loop, and otherwise as ``execute(_:)`` does.
    ///
    /// From any thread.
    public func executeNow(_ body: @escaping @Sendable () -> Void) {
        if self.isOnLoop { body() } else { self.execute(body) }
    }

    /// Runs `body` on the loop after pending I/O has had its turn.
    ///
    /// On the loop only.
    ///
    /// Whoever has a lot to do does a piece and puts the rest here, so that others get their turn.
    public func nextTurn(_ body: @escaping @Sendable () -> Void) {
        self.preconditionOnLoop()
        guard self.infrastructure != nil else { return self.execute(body) }
        self.later.append(body)
    }

    /// Runs `body` on the loop and waits for its result.
    ///
    /// From any thread.
    public func perform<T: Sendable>(
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            self.execute { continuation.resume(with: Result { try body() }) }
        }
    }

    func add(_ work: LoopWork) {
        let isOnLoop = self.isOnLoop
        let followup = self.inbox.withLock { inbox in
            self.hasWork.store(true, ordering: .releasing)
            // On the loop there is no need to wake it: it reads the inbox before it sleeps.
            return inbox.add(work, wake: !isOnLoop)
        }
        if followup == .startLateThread { self.startLateThread() }
    }

    // MARK: - The loop's turn

    func beforePoll() {
        self.runInbox()
        // While the loop closes its handles it must sleep between them, which uv_stop prevents.
        if !self.isStopping, self.stopRequested.load(ordering: .acquiring) { uv_stop(self.uv) }
        let isBusy = !self.later.isEmpty || self.hasWork.load(ordering: .acquiring)
        self.infrastructure?.keepAwake(isBusy)
        self.isPolling = true
    }

    func afterPoll() {
        self.isPolling = false
        self.runLater()
        self.runInbox()
    }

    /// Runs what waits for the next turn, but not what that adds.
    func runLater() {
        guard !self.later.isEmpty else { return }
        let ready = self.later
        self.later = []
        for body in ready { body() }
    }

    /// Runs the inbox.
    ///
    /// Actors that call each other add to it all the time, hence the rounds: within them a hop
    /// costs no turn of the loop, after them I/O has its turn.
    func runInbox() {
        for _ in 0..<64 where self.hasWork.load(ordering: .acquiring) {
            self.runBatch()
        }
    }

    func runBatch() {
        let spare = self.spareWork
        self.spareWork = []
        var batch = self.inbox.withLock { inbox in
            self.hasWork.store(false, ordering: .relaxed)
            return inbox.take(leaving: spare)
        }
        for work in batch { self.run(work) }
        batch.removeAll(keepingCapacity: batch.capacity <= 4096)
        self.spareWork = batch
    }

    private func run(_ work: LoopWork) {
        switch work {
        case .job(let job):
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(),
                taskExecutor: self.asUnownedTaskExecutor())
        case .body(let body): body()
        }
    }

    // MARK: - After the end

    func startLateThread() {
        do throws(LoopError) {
            let thread = try LoopThread.start(name: "\(self.name)-late") { self.runLateWork() }
            pthread_detach(thread)
        } catch {
            preconditionFailure("Work was given to a stopped event loop, and one \(error).")
        }
    }

    func runLateWork() {
        self.owner.store(LoopThread.current, ordering: .releasing)
        repeat { self.runBatch() } while !self.endLateWork()
    }

    private func endLateWork() -> Bool {
        self.inbox.withLock { inbox in
            guard inbox.isEmpty else { return false }
            inbox.reader = .late(isRunning: false)
            self.owner.store(0, ordering: .releasing)
            return true
        }
    }
}
