public import Logging
public import OpsJSONRPC

/// The time series: samples in, answers over ranges of time out.
///
/// Samples are packed in memory as they arrive. Once a second everything new goes to the store as
/// one row of the tail; now and then a checkpoint packs the samples of all series into blocks and
/// empties the tail. A crash loses at most the second that was not flushed yet.
///
/// ```swift
/// let load = try series.handle("host_load1", ["host": "web1"])
/// series.append(load, 0.42, at: time.now())
/// ```
///
/// Every method may be called from any thread.
public final class Series: Sendable {
    let store: Store
    let time: any TimeSource
    let loop: EventLoop
    let settings: SeriesSettings
    let policy: RetentionPolicy
    let logger: Logger
    let state: Guarded<SeriesState>
    /// Flushes and changes of the rows of names never overlap.
    let flushes = SerialWork()
    /// Checkpoints, merging, rolling up and deleting take long, so that flushes go on beside them.
    let upkeep = SerialWork()
    private let clock: Guarded<SeriesClock>

    /// Makes a series store that is still closed: it refuses samples until `open`.
    public init(
        store: Store, time: any TimeSource, loop: EventLoop,
        settings: SeriesSettings = SeriesSettings(), logger: Logger
    ) {
        self.store = store
        self.time = time
        self.loop = loop
        self.settings = settings
        self.policy = RetentionPolicy(settings)
        self.logger = logger
        self.state = Guarded(SeriesState(settings))
        self.clock = Guarded(SeriesClock(lastCheckpoint: time.uptime()))
    }

    // MARK: - Life

    /// Creates or reads the tables and takes over what an earlier process left.
    ///
    /// Damaged rows are skipped, counted and logged.
    ///
    /// - Throws: a `StoreError` when the database cannot be read.
    public func open() async throws {
        try self.store.migrate(owner: SeriesSchema.owner, SeriesSchema.migrations)
        try await self.moveFormerFormat()
        try await self.recover()
        self.state.withLock { $0.isOpen = true }
    }

    /// Begins to flush at the interval of the settings.
    public func start() {
        self.setTimer()
    }

    /// Takes no more samples, writes everything and moves the tail to blocks.
    ///
    /// What is merging, rolling up or deleting ends with the piece that it is at.
    ///
    /// When the store fails, that is logged; what was flushed before stays in the tail and is
    /// read at the next start.
    public func stop() async {
        self.clock.withLock { $0.stop() }
        self.state.withLock { $0.isOpen = false }
        // The failure is in the log and in the statistics, and nobody is left to do better.
        // What was to be merged or rolled up is so after the next start.
        _ = try? await self.upkeep.run { try await self.writeHeads() }
    }

    // MARK: - Appending

    /// Looks a series up, so that samples can be appended to it.
    ///
    /// - Throws: a `SeriesError` when the name or a label is not acceptable, or when the number of
    ///   series is at its limit.
    public func handle(
        _ name: String, _ labels: Labels = Labels()
    ) throws(SeriesError) -> SeriesHandle {
        let key = SeriesKey(name: name, labels: labels)
        try self.validate(key)
        let entry = self.state.withLock { state in
            Result { () throws(SeriesError) in try state.intern(key) }
        }
        return SeriesHandle(entry: try entry.get())
    }

    /// Looks a series up that is there already; nil when it is not.
    public func knownHandle(_ name: String, _ labels: Labels = Labels()) -> SeriesHandle? {
        let key = SeriesKey(name: name, labels: labels)
        return self.state.withLock { $0.known(key) }.map { SeriesHandle(entry: $0) }
    }

    /// Appends one sample; it is in the store within one flush interval.
    ///
    /// Never blocks and never fails: what cannot be taken is counted in the statistics. Of two
    /// samples of the same instant the later one counts. Samples may come in any order, within the
    /// window of the settings.
    public func append(_ handle: SeriesHandle, _ value: Double, at instant: Instant) {
        let sample = Sample(at: instant.milliseconds, value: value)
        let window = self.settings.lateWindow?.milliseconds
        self.state.withLock { $0.append(sample, to: handle.entry, window: window) }
    }

    /// Appends samples of one instant, such as a scrape.
    public func append(_ samples: [(SeriesHandle, Double)], at instant: Instant) {
        let window = self.settings.lateWindow?.milliseconds
        self.state.withLock { state in
            for (handle, value) in samples {
                state.append(
                    Sample(at: instant.milliseconds, value: value), to: handle.entry,
                    window: window)
            }
        }
    }

    /// Takes samples of any age and in any order; they are in the store when the call returns.
    ///
    /// - Throws: a `StoreError`; then the samples are in memory and written by a later flush.
    public func backfill(_ samples: [(SeriesHandle, [SeriesPoint])]) async throws {
        try await self.loop.workers.run {
            for (handle, points) in samples {
                var rest = points[...]
                while !rest.isEmpty {
                    self.take(rest.prefix(Self.portion), to: handle)
                    rest = rest.dropFirst(Self.portion)
                }
            }
        }
        try await self.flush()
    }

    /// So many samples are taken in one go: others append under the same lock.
    private static let portion = 1000

    private func take(_ points: ArraySlice<SeriesPoint>, to handle: SeriesHandle) {
        self.state.withLock { state in
            for point in points {
                state.append(
                    Sample(at: point.at, value: point.value), to: handle.entry, window: nil)
            }
        }
    }

    /// What has been done so far, and what waits.
    public var statistics: SeriesStatistics {
        self.state.withLock { $0.currentStatistics }
    }

    /// Refuses a name or labels that no series can have.
    public func validate(_ key: SeriesKey) throws(SeriesError) {
        guard !key.name.isEmpty else {
            throw SeriesError(.invalidKey, "A series needs a name")
        }
        for label in key.labels.pairs where label.name.isEmpty || label.name == SeriesKey.nameLabel
        {
            throw SeriesError(
                .invalidKey,
                "The series \"\(key.name)\" cannot have a label called \"\(label.name)\"")
        }
        let bytes = key.labels.pairs.reduce(key.name.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count
        }
        guard bytes <= self.settings.maxKeyBytes else {
            throw SeriesError(
                .invalidKey,
                """
                The name and labels of the series "\(key.name.prefix(100))" take \(bytes) bytes; \
                the limit is \(self.settings.maxKeyBytes)
                """)
        }
    }

    /// Goes through many series without keeping the lock for long, since the loop appends under it.
    func inParts<T>(
        _ ids: ArraySlice<SeriesID>, of size: Int = 1000,
        _ body: (inout SeriesState, ArraySlice<SeriesID>) -> [T]
    ) -> [T] {
        var rest = ids
        var results: [T] = []
        while !rest.isEmpty {
            results += self.state.withLock { body(&$0, rest.prefix(size)) }
            rest = rest.dropFirst(size)
        }
        return results
    }

    // MARK: - The clock

    private func setTimer() {
        let token = self.time.timer(on: self.loop, after: self.settings.flushInterval) {
            [weak self] in self?.tick()
        }
        self.clock.withLock { $0.set(token) }
    }

    private func tick() {
        self.setTimer()
        // A failure is logged where it happens and tried again by the next tick.
        self.begin(.flush) { _ = try? await self.flush() }
        if self.isCheckpointDue { self.begin(.checkpoint) { _ = try? await self.checkpoint() } }
    }

    /// Begins work unless some of its sort is running: what takes longer than the interval is not
    /// chased by others.
    private func begin(
        _ work: SeriesClock.Work, _ body: @escaping @Sendable () async -> Void
    ) {
        guard self.clock.withLock({ $0.begin(work) }) else { return }
        Task.detached {
            await body()
            self.clock.withLock { $0.end(work) }
        }
    }

    private var isCheckpointDue: Bool {
        let age = self.time.uptime() - self.clock.withLock { $0.lastCheckpoint }
        return self.state.withLock { state in
            let isOld = age >= self.settings.checkpointInterval
            return isOld || state.needsCheckpoint
        } || self.isTailLarge
    }

    /// Whether the tail is larger than it may be.
    var isTailLarge: Bool {
        self.state.withLock { $0.statistics.tailBytes > self.settings.checkpointBytes }
    }

    /// Ends work that may take long and is carried on after the next start.
    func endWhenStopped() throws(CancellationError) {
        guard self.clock.withLock({ $0.isStopped }) else { return }
        throw CancellationError()
    }

    func noteCheckpoint() {
        let uptime = self.time.uptime()
        self.clock.withLock { $0.lastCheckpoint = uptime }
    }
}
