import Glibc

/// Who drives a loop and who waits for its end; lives behind the loop's lock.
struct LoopControl: Sendable {
    /// ```
    /// idle <-> driven -> finished        step() enters and leaves; run() and start() do not leave
    /// ```
    enum Phase { case idle, driven, finished }

    var phase = Phase.idle
    var thread: pthread_t?
    var workers: WorkerPool?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Enters the loop.
    ///
    /// Nil when someone else is in it.
    mutating func enter() -> Phase? {
        guard self.phase == .idle else { return self.phase == .finished ? .finished : nil }
        self.phase = .driven
        return .driven
    }

    /// Waits for the end; false when the loop has ended already.
    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard self.phase != .finished else { return false }
        self.waiting.append(continuation)
        return true
    }

    /// Ends the loop's life and answers who is to be told.
    mutating func finish() -> [CheckedContinuation<Void, Never>] {
        self.phase = .finished
        defer { self.waiting = [] }
        return self.waiting
    }
}
