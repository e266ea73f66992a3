import Glibc

/// Threads for work that blocks: hashing, compression, calls into libraries that wait.
///
/// Threads start when there is work for them and stay until the pool stops. What waits is bounded;
/// beyond that `run` throws instead of letting memory grow.
///
/// `@unchecked Sendable`: `state` is touched only while `monitor` is held.
public final class WorkerPool: @unchecked Sendable {
    private let name: String
    private let maxThreads: Int
    private let maxWaiting: Int
    private let monitor = Monitor()
    private var state = State()

    private struct State {
        var queue = WorkQueue()
        var threads: [pthread_t] = []
        /// Threads that wait for work.
        var idle = 0
        var isClosed = false
    }

    /// Makes a pool of up to `threads` threads in which up to `maxWaiting` pieces of work wait.
    public init(threads: Int, name: String, maxWaiting: Int = 10_000) {
        precondition(threads > 0, "A worker pool needs at least one thread.")
        self.name = name
        self.maxThreads = threads
        self.maxWaiting = maxWaiting
    }

    deinit {
        // A pool that nobody joins ends its threads by `close`; they hold it until then.
        for thread in self.state.threads { pthread_detach(thread) }
    }

    /// Runs `body` on one of the threads and answers what it answers, or throws what it throws.
    ///
    /// A task that is cancelled while its work waits gets `CancellationError` at once; a body that
    /// has begun runs to its end. Throws `WorkerPoolError` when the pool is full or has stopped.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let item = WorkItem()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let work = WorkItem.Work(
                    run: { continuation.resume(with: Result { try body() }) },
                    drop: { continuation.resume(throwing: $0) })
                if let refusal = self.add(item, work) { work.drop(refusal) }
            }
        } onCancel: {
            self.cancel(item)
        }
    }

    /// Runs `body` on one of the threads, for whoever does not wait by a task.
    ///
    /// Answers why it will not run, when the pool is full or has stopped.
    func start(_ body: @escaping @Sendable () -> Void) -> (any Error)? {
        self.add(WorkItem(), WorkItem.Work(run: body, drop: { _ in }))
    }

    /// Runs what waits and then ends the threads; returns when they have ended.
    ///
    /// Later work is refused. Not to be called from one of the pool's own threads.
    public func stop() {
        self.close()
        self.join()
    }

    /// Refuses new work and lets the threads end when nothing waits any more; waits for none.
    public func close() {
        self.monitor.locked {
            self.state.isClosed = true
            self.monitor.wakeAll()
        }
    }

    /// Waits for the threads of a closed pool.
    func join() {
        let threads = self.monitor.locked {
            defer { self.state.threads = [] }
            return self.state.threads
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    // MARK: - The queue

    /// How many pieces of work wait for a thread.
    public var waiting: Int { self.monitor.locked { self.state.queue.count } }

    /// Answers why the work is refused, if it is.
    private func add(_ item: WorkItem, _ work: WorkItem.Work) -> (any Error)? {
        self.monitor.locked { () -> (any Error)? in
            // Under the lock: a cancellation that came before has set the task's flag, one that
            // comes later finds the item in the queue.
            if Task.isCancelled { return CancellationError() }
            if self.state.isClosed { return WorkerPoolError.stopped(pool: self.name) }
            let waiting = self.state.queue.count
            if waiting >= self.maxWaiting {
                return WorkerPoolError.full(pool: self.name, waiting: waiting)
            }
            if let failure = self.provideThread() { return failure }
            item.set(work)
            self.state.queue.append(item)
            self.monitor.wakeOne()
            return nil
        }
    }

    private func cancel(_ item: WorkItem) {
        let work = self.monitor.locked {
            self.state.queue.remove(item)
            return item.take()
        }
        work?.drop(CancellationError())
    }

    // MARK: - The threads

    /// Starts a thread when all are busy; fails only when there is none at all.
    private func provideThread() -> LoopError? {
        guard self.state.idle <= self.state.queue.count else { return nil }
        guard self.state.threads.count < self.maxThreads else { return nil }
        do throws(LoopError) {
            let name = "\(self.name)-\(self.state.threads.count + 1)"
            self.state.threads.append(try LoopThread.start(name: name) { self.work() })
            return nil
        } catch {
            return self.state.threads.isEmpty ? error : nil
        }
    }

    private func work() {
        while let work = self.nextWork() { work.run() }
    }

    /// Waits for work; nil when the pool is closed and nothing waits any more.
    private func nextWork() -> WorkItem.Work? {
        self.monitor.locked {
            while true {
                if let work = self.state.queue.popFirst()?.take() { return work }
                if self.state.isClosed { return nil }
                self.state.idle += 1
                self.monitor.wait()
                self.state.idle -= 1
            }
        }
    }
}
