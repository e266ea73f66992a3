internal import Logging
internal import OpsJSONRPC

/// Keeps the recurring work of every owner: the next times in the store, the timers on the loop.
actor ScheduleEngine {
    static let migrations = [
        Migration(
            "1-schedule",
            """
            CREATE TABLE schedule (
                owner TEXT NOT NULL,
                name TEXT NOT NULL,
                next_at INTEGER NOT NULL,
                last_at INTEGER,
                last_error TEXT,
                PRIMARY KEY (owner, name)
            )
            """)
    ]

    /// The wall clock may be stepped, so a far time is looked at again at least this often.
    private static let longestNap = Duration.seconds(60)

    private struct Key: Hashable {
        let owner: String
        let name: String
    }

    private struct Job {
        /// Tells it from work of the same name that was added before.
        let number: Int
        let period: Duration
        let work: @Sendable () async throws -> Void
        var nextAt: Instant
        var timer: (any TimerToken)?
    }

    private let store: Store
    private let time: any TimeSource
    private let loop: EventLoop
    private let logger: Logger
    private var jobs: [Key: Job] = [:]
    private var lastNumber = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(store: Store, time: any TimeSource, loop: EventLoop, logger: Logger) {
        self.store = store
        self.time = time
        self.loop = loop
        self.logger = logger
    }

    func add(
        owner: String, name: String, period: Duration,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        precondition(period > .zero, "Recurring work \(owner)/\(name) needs a period above zero.")
        let first = time.now() + period
        let stored = try await store.writeUnaudited { transaction in
            try transaction.execute(
                """
                INSERT INTO schedule (owner, name, next_at) VALUES (?, ?, ?)
                ON CONFLICT (owner, name) DO NOTHING
                """, owner, name, first)
            return try transaction.row(
                "SELECT next_at FROM schedule WHERE owner = ? AND name = ?", owner, name
            )?.instant("next_at")
        }
        let key = Key(owner: owner, name: name)
        jobs[key]?.timer?.cancel()
        // A period that was shortened, or a clock that was set back, must not delay the next run.
        lastNumber += 1
        jobs[key] = Job(
            number: lastNumber, period: period, work: work, nextAt: min(stored ?? first, first))
        arm(key)
    }

    func cancel(owner: String, name: String) {
        jobs.removeValue(forKey: Key(owner: owner, name: name))?.timer?.cancel()
    }

    /// Ends all work of an owner for this process.
    func cancel(owner: String) {
        for key in jobs.keys where key.owner == owner { cancel(owner: owner, name: key.name) }
    }

    func stop() {
        for job in jobs.values { job.timer?.cancel() }
        jobs = [:]
    }

    private func arm(_ key: Key) {
        guard let job = jobs[key] else { return }
        let delay = min(max(job.nextAt - time.now(), .zero), Self.longestNap)
        jobs[key]?.timer = time.timer(on: loop, after: delay) { [weak self] in
            guard let self else { return }
            Task(executorPreference: self.loop) { await self.wake(key, job.number) }
        }
    }

    private func wake(_ key: Key, _ number: Int) async {
        guard let job = jobs[key], job.number == number else { return }
        let now = time.now()
        guard job.nextAt <= now else {
            // A clock that was set back must not delay the run by more than a period.
            jobs[key]?.nextAt = min(job.nextAt, now + job.period)
            return arm(key)
        }
        let failure = await run(job, key)
        guard jobs[key]?.number == number else { return }
        let next = Self.next(after: job.nextAt, every: job.period, now: time.now())
        jobs[key]?.nextAt = next
        await record(key, ranAt: now, next: next, failure)
        guard jobs[key]?.number == number else { return }
        arm(key)
    }

    private func run(_ job: Job, _ key: Key) async -> String? {
        do {
            try await job.work()
            return nil
        } catch {
            logger.error(
                "recurring work failed",
                metadata: ["owner": "\(key.owner)", "work": "\(key.name)", "error": "\(error)"])
            return "\(error)"
        }
    }

    private func record(
        _ key: Key, ranAt: Instant, next: Instant, _ failure: String?
    ) async {
        do {
            try await store.writeUnaudited { transaction in
                try transaction.execute(
                    """
                    UPDATE schedule SET next_at = ?, last_at = ?, last_error = ?
                    WHERE owner = ? AND name = ?
                    """, next, ranAt, failure, key.owner, key.name)
            }
        } catch {
            // The work has run; at worst it runs once more after a restart.
            logger.error("a schedule can't be stored", metadata: ["error": "\(error)"])
        }
    }

    /// The first time after `now` on the rhythm that `previous` belongs to.
    static func next(after previous: Instant, every period: Duration, now: Instant) -> Instant {
        let step = max(period.milliseconds, 1)
        let missed = max(0, (now.milliseconds - previous.milliseconds) / step)
        return Instant(milliseconds: previous.milliseconds + (missed + 1) * step)
    }
}
