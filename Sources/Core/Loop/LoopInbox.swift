/// What other threads hand to the loop; lives behind the loop's lock.
struct LoopInbox: Sendable {
    /// Who takes the work out.
    enum Reader: Sendable {
        /// Nobody yet: the work waits for the loop's first turn.
        case nobody
        /// The running loop, which may have to be woken.
        case loop(LoopWakeup)
        /// The loop closes its last handles; it looks at the inbox once more when it is done.
        case closing
        /// The loop has stopped.
        ///
        /// A short-lived thread runs what still comes, so that no task hangs.
        case late(isRunning: Bool)
    }

    /// What the one who added work has to do about it.
    enum Followup { case none, startLateThread }

    var reader = Reader.nobody
    private var work: [LoopWork] = []
    private var isSignalled = false

    /// Adds work.
    ///
    /// `wake` says that the loop may be asleep.
    ///
    /// The wake-up is sent under the lock: afterwards the loop could close the handle in between.
    mutating func add(_ item: LoopWork, wake: Bool) -> Followup {
        self.work.append(item)
        if wake { self.wakeLoop() }
        guard case .late(isRunning: false) = self.reader else { return .none }
        self.reader = .late(isRunning: true)
        return .startLateThread
    }

    /// Wakes the loop; wake-ups that nobody has seen yet are not repeated.
    mutating func wakeLoop() {
        guard case .loop(let wakeup) = self.reader, !self.isSignalled else { return }
        self.isSignalled = true
        wakeup.send()
    }

    var isEmpty: Bool { self.work.isEmpty }

    /// Takes everything out and leaves `spare` in its place, whose memory is used again.
    mutating func take(leaving spare: [LoopWork]) -> [LoopWork] {
        self.isSignalled = false
        let taken = self.work
        self.work = spare
        return taken
    }
}
