/// The flush timer and what depends on it.
struct SeriesClock: Sendable {
    var lastCheckpoint: Duration
    private var token: (any TimerToken)?
    private var isStopped = false
    private var isFlushing = false

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

    /// Whether a flush may begin now: none is running.
    mutating func begin() -> Bool {
        guard !self.isFlushing, !self.isStopped else { return false }
        self.isFlushing = true
        return true
    }

    mutating func end() {
        self.isFlushing = false
    }
}
