internal import OpsJSONRPC

/// Everything in memory; the lock around it is `Series.state`.
struct SeriesState: Sendable {
    let settings: SeriesSettings
    /// Whether samples are taken.
    var isOpen = false
    /// Whether the last attempt to write failed.
    var isFailing = false
    /// Whether the last attempt to merge, roll up or delete failed.
    var isUpkeepFailing = false
    /// When the rollups of each length were last held against how long series are kept, and the days
    /// that were rolled up since.
    var lastPruned: [RollupTier: Instant] = [:]
    var rolledUp: Set<DayKey> = []
    /// Days whose rollups were found damaged, to be made anew.
    var daysToMend: Set<DayKey> = []
    /// The last day of which there are rollups, of series that seem to be dead.
    var lastRolledDays: [SeriesID: Int64] = [:]
    /// Whether rows were given up, so that only a checkpoint makes their samples durable.
    private(set) var needsCheckpoint = false
    var index = SeriesIndex()
    private(set) var waiting: [TailRow] = []
    var statistics = SeriesStatistics()

    private var entries: [PackedKey: SeriesEntry] = [:]
    private var entriesByID: [SeriesID: SeriesEntry] = [:]
    /// Entries with samples but without a row in the store.
    private var unsaved: [SeriesEntry] = []
    private var tail = TailWriter()
    private var nextID: SeriesID = 1
    private var nextChunkID: Int64 = 1
    private var nextTailID: Int64 = 1
    private var nextBlockID: Int64 = 1
    /// Damaged blocks that were reported already.
    private var reported: Set<Int64> = []

    /// So many damaged blocks are told apart before the reports begin again.
    private static let maxReported = 10_000
    /// A row is finished at this size even when no flush is due.
    private static let maxRowBytes = 4 << 20

    init(_ settings: SeriesSettings) {
        self.settings = settings
    }

    // MARK: - Series

    func entry(_ id: SeriesID) -> SeriesEntry? { self.entriesByID[id] }

    /// The entry for a key, if there is one.
    func known(_ key: SeriesKey) -> SeriesEntry? {
        self.index.symbols.find(key).flatMap { self.entries[$0] }
    }

    /// The entry for a key, made when there is none yet.
    mutating func intern(_ key: SeriesKey) throws(SeriesError) -> SeriesEntry {
        // Not interned before the limit is asked: what is refused must not take memory.
        if let known = self.known(key) { return known }
        guard self.entries.count < self.settings.maxSeries else {
            throw SeriesError(
                .tooManySeries,
                "\(key) is refused: there are \(self.settings.maxSeries) series, which is the limit",
                hint: "look for a label whose values never repeat")
        }
        let packed = self.index.symbols.intern(key)
        let entry = SeriesEntry(packed)
        self.entries[packed] = entry
        return entry
    }

    /// Gives an entry an id; nil when the number of series is at its limit.
    ///
    /// Answers another entry when the key was interned anew after retention had deleted this one.
    private mutating func register(_ entry: SeriesEntry) -> SeriesEntry? {
        if let known = self.entries[entry.key], known !== entry {
            return known.id == nil ? self.register(known) : known
        }
        let hasRoom =
            self.entries[entry.key] != nil || self.entries.count < self.settings.maxSeries
        guard hasRoom, self.nextID < .max else { return nil }
        self.entries[entry.key] = entry
        self.adopt(entry, as: self.nextID)
        self.unsaved.append(entry)
        return entry
    }

    private mutating func adopt(_ entry: SeriesEntry, as id: SeriesID) {
        entry.id = id
        self.entriesByID[id] = entry
        self.index.insert(entry.key, as: id)
        self.reserve(id)
        self.statistics.series = self.entriesByID.count
    }

    /// Makes sure that `id` is not given to another series.
    private mutating func reserve(_ id: SeriesID) {
        // The very last number is never given, so that there always is a next one.
        if id >= self.nextID { self.nextID = id == .max ? .max : id + 1 }
    }

    /// Makes sure that no number of a group is given to another series.
    mutating func reserve(group: Int64) {
        let next = (group + 1) * Int64(SeriesGroup.size)
        self.reserve(SeriesID(clamping: next - 1))
    }

    // MARK: - Samples

    /// Takes a sample.
    ///
    /// - Parameter window: How far a sample may lie behind the newest of its series, in
    ///   milliseconds; nil takes any.
    mutating func append(_ sample: Sample, to handled: SeriesEntry, window: Int64?) {
        let entry = handled.id == nil && self.isOpen ? self.register(handled) : handled
        guard self.isOpen, let entry, let id = entry.id else {
            self.statistics.samplesRefused += 1
            return
        }
        if let window, let latest = entry.head.latest, latest.at &- sample.at > window {
            self.statistics.samplesTooLate += 1
            return
        }
        entry.head.append(sample, nextChunkID: &self.nextChunkID)
        self.tail.append(sample, of: id)
        self.statistics.samplesAppended += 1
        if self.tail.byteCount >= Self.maxRowBytes { self.closeRow() }
    }

    /// Finishes the row that is being packed.
    private mutating func closeRow() {
        guard self.tail.count > 0 else { return }
        self.waiting.append(TailRow(id: self.nextTailID, writer: self.tail))
        self.nextTailID += 1
        self.tail = TailWriter()
        // The heads hold these samples too, and packed much tighter.
        if self.waitingBytes > self.settings.maxPendingBytes {
            self.waiting = []
            self.needsCheckpoint = true
        }
    }

    private var waitingBytes: Int { self.waiting.reduce(0) { $0 + $1.writer.byteCount } }

    /// The statistics with what is counted only when somebody asks.
    var currentStatistics: SeriesStatistics {
        var statistics = self.statistics
        statistics.samplesPending = self.waiting.reduce(self.tail.count) { $0 + $1.writer.count }
        statistics.pendingBytes = self.tail.count > 0 ? self.tail.byteCount : 0
        statistics.pendingBytes += self.waitingBytes
        return statistics
    }

    // MARK: - Writing

    /// What a flush has to write.
    mutating func takeFlush() -> SeriesBatch {
        self.closeRow()
        var batch = SeriesBatch()
        batch.rows = self.waiting
        batch.series = self.unsaved.compactMap(\.id)
        return batch
    }

    /// The names and labels of all series in a group.
    func keys(inGroup group: Int64) -> [(id: SeriesID, key: SeriesKey)] {
        let first = SeriesID(group) * SeriesGroup.size
        return (first...(first + (SeriesGroup.size - 1))).compactMap { id in
            self.entriesByID[id].map { (id, self.index.symbols.key($0.key)) }
        }
    }

    /// Everything up to the last row that was closed: its samples are in the heads or in blocks.
    var coveredTail: CoveredTail {
        CoveredTail(id: self.nextTailID - 1, bytes: self.statistics.tailBytes)
    }

    /// The number for a further block.
    mutating func takeBlockID() -> Int64 {
        defer { self.nextBlockID += 1 }
        return self.nextBlockID
    }

    /// Those of `ids` that have something in memory which the store's blocks do not have.
    func unwritten(among ids: ArraySlice<SeriesID>) -> [SeriesID] {
        ids.filter { self.entriesByID[$0]?.head.isEmpty == false }
    }

    /// Closes the heads of some series and collects their chunks.
    mutating func takeChunks(
        of ids: ArraySlice<SeriesID>
    ) -> [(series: SeriesID, closed: ClosedChunk)] {
        var chunks: [(series: SeriesID, closed: ClosedChunk)] = []
        for id in ids {
            guard let entry = self.entriesByID[id] else { continue }
            entry.head.close(nextChunkID: &self.nextChunkID)
            chunks += entry.head.closed.map { (id, $0) }
        }
        return chunks
    }

    /// Notes that a batch is in the store.
    mutating func acknowledge(_ batch: SeriesBatch) {
        for id in batch.series { self.entriesByID[id]?.isSaved = true }
        self.unsaved.removeAll { $0.isSaved }
        if let last = batch.rows.last { self.waiting.removeAll { $0.id <= last.id } }
        self.statistics.tailBytes += batch.rows.reduce(0) { $0 + $1.writer.byteCount }
        for (series, closed) in batch.chunks {
            self.entriesByID[series]?.head.release(through: closed.id)
        }
        self.statistics.blocksWritten += batch.blocks.count
        self.statistics.blockBytesWritten += batch.blocks.reduce(0) { $0 + $1.block.bytes.count }
        if let covered = batch.covered {
            self.waiting.removeAll { $0.id <= covered.id }
            self.statistics.tailBytes = max(0, self.statistics.tailBytes - covered.bytes)
            self.needsCheckpoint = false
        }
    }

    /// Drops the oldest chunks when the heads take more memory than they may.
    ///
    /// Called only while the store fails, since it looks at every series.
    mutating func shed() {
        var bytes = self.entriesByID.values.reduce(0) { $0 + $1.head.byteCount }
        guard bytes > self.settings.maxHeadBytes else { return }
        for entry in self.entriesByID.values { entry.head.close(nextChunkID: &self.nextChunkID) }
        let oldest = self.entriesByID.values
            .flatMap { entry in entry.head.closed.map { (entry: entry, closed: $0) } }
            .sorted { $0.closed.id < $1.closed.id }
        // Somewhat more than needed, so that this is not repeated with every flush.
        for (entry, closed) in oldest where bytes > self.settings.maxHeadBytes / 4 * 3 {
            self.statistics.samplesDropped += entry.head.dropOldest()
            bytes -= closed.chunk.bytes.count
        }
    }

    // MARK: - Recovery

    /// Continues the numbers of the store's rows.
    mutating func resume(afterSeries series: Int64, block: Int64, tail: Int64) {
        self.reserve(SeriesID(clamping: series))
        self.nextBlockID = block + 1
        self.nextTailID = tail + 1
    }

    /// Takes over a series of the store; false when its key is already in use.
    mutating func restore(_ key: PackedKey, as id: SeriesID) -> Bool {
        let entry = self.entries[key] ?? SeriesEntry(key)
        guard entry.id == nil, self.entriesByID[id] == nil else { return false }
        self.entries[key] = entry
        entry.isSaved = true
        self.adopt(entry, as: id)
        return true
    }

    /// Takes over a sample of the tail.
    mutating func replay(_ sample: Sample, of id: SeriesID) {
        // Even when the series is gone: its number must not be given to another one as long as
        // the tail mentions it.
        self.reserve(id)
        guard let entry = self.entriesByID[id] else { return }
        entry.head.append(sample, nextChunkID: &self.nextChunkID)
        self.statistics.samplesRecovered += 1
    }

    /// Counts a damaged block and answers whether this is the first time.
    mutating func report(block id: Int64) -> Bool {
        if self.reported.count >= Self.maxReported { self.reported = [] }
        guard self.reported.insert(id).inserted else { return false }
        self.statistics.damaged += 1
        return true
    }

    // MARK: - Retention

    /// Those of `ids` that have nothing in memory, and of which nothing since `oldest` is known.
    func idle(among ids: ArraySlice<SeriesID>, since oldest: Int64) -> [SeriesID] {
        ids.filter { id in
            guard let head = self.entriesByID[id]?.head, head.isEmpty else { return false }
            return head.latest.map { $0.at < oldest } ?? true
        }
    }

    /// Forgets series whose rows are deleted; those that got a sample meanwhile get a new row.
    mutating func forget(_ ids: [SeriesID]) {
        var removed: [SeriesID: PackedKey] = [:]
        for entry in ids.compactMap({ self.entriesByID[$0] }) {
            entry.isSaved = false
            if entry.head.isEmpty, let id = entry.id {
                removed[id] = entry.key
                self.entriesByID[id] = nil
                self.entries[entry.key] = nil
                entry.id = nil
                entry.head = SeriesHead()
            } else {
                self.unsaved.append(entry)
            }
        }
        self.index.remove(removed)
        self.statistics.series = self.entriesByID.count
    }

    /// Forgets the keys that were looked up but never got a sample; their handles stay good.
    mutating func forgetUnused() {
        self.entries = self.entries.filter { $0.value.id != nil }
    }
}
