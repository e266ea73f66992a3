/// The flush timer and what depends on it.
struct SeriesClock: Sendable {
    var lastCheckpoint: Duration
    private var token: (any TimerToken)?
    private(set) var isStopped = false
    private var running: Set<Work> = []

    /// What the timer begins.
    enum Work {
        case flush
        /// A checkpoint and the upkeep after it, beside which flushes go on.
        case checkpoint
    }

    init(lastCheckpoint: Duration) {
        self.lastCheckpoint = lastCheckpoint
    }

    /// Keeps the timer that was just set; after `stop` it is taken back at once.
    mutating func set(_ token: any TimerToken) {
        if self.isStopped { token.cancel() } else { self.token = token }
    }

    mutating func stop() {
        self.isStopped = true
        self.token?.cancel()
        self.token = nil
    }

    /// Whether work may begin now: none of its sort is running.
    mutating func begin(_ work: Work) -> Bool {
        !self.isStopped && self.running.insert(work).inserted
    }

    mutating func end(_ work: Work) {
        self.running.remove(work)
    }
}
