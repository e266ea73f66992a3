/// What of a series is not in the store's chunks yet, and its newest sample.
///
/// The newest sample is kept out of the encoder, so that a second value for the same instant can
/// take its place. Samples that are older than it wait in a list of their own and get their own
/// chunk.
struct SeriesHead: Sendable {
    static let maxSamples = 4096
    static let maxLate = 512

    /// The newest sample, also when a chunk holds it already; nil when none is known.
    private(set) var latest: Sample?
    /// Whether `latest` still has to be encoded.
    private var isLatestOpen = false
    private var encoder = ChunkEncoder()
    private var late: [Sample] = []
    /// Chunks that wait for a checkpoint, oldest first.
    private(set) var closed: [ClosedChunk] = []

    /// Whether the store's chunks hold everything.
    var isEmpty: Bool { !self.isLatestOpen && self.late.isEmpty && self.closed.isEmpty }

    /// Takes a sample; chunks that become full are numbered from `nextChunkID` on.
    mutating func append(_ sample: Sample, nextChunkID: inout Int64) {
        if let latest, sample.at <= latest.at {
            self.replace(latest, with: sample, nextChunkID: &nextChunkID)
        } else {
            self.encodeLatest()
            self.latest = sample
            self.isLatestOpen = true
            if self.encoder.count + 1 >= Self.maxSamples { self.close(nextChunkID: &nextChunkID) }
        }
    }

    /// Takes the newest sample of the store's chunks, unless a newer one is known.
    mutating func learn(_ sample: Sample) {
        if let latest, latest.at >= sample.at { return }
        guard !self.isLatestOpen else { return }
        self.latest = sample
    }

    /// Forgets the newest sample when it lies in a range that was deleted; the blocks know better.
    mutating func forgetLatest(from: Int64, to: Int64) {
        guard let latest, !self.isLatestOpen, latest.at >= from, latest.at <= to else { return }
        self.latest = nil
    }

    /// Closes what is open, so that `closed` holds everything.
    mutating func close(nextChunkID: inout Int64) {
        self.encodeLatest()
        if self.encoder.count > 0 {
            self.add(Chunk(sealing: self.encoder), &nextChunkID)
            self.encoder = ChunkEncoder()
        }
        // After the others: late samples replace older values of the same instant.
        if !self.late.isEmpty {
            self.add(Chunk(SampleMerge.sorted(self.late)), &nextChunkID)
            self.late = []
        }
    }

    /// Forgets the chunks up to and including number `id`, which the store has now.
    mutating func release(through id: Int64) {
        self.closed.removeAll { $0.id <= id }
    }

    /// Drops the oldest closed chunk and answers how many samples that loses.
    mutating func dropOldest() -> Int {
        self.closed.isEmpty ? 0 : self.closed.removeFirst().chunk.count
    }

    /// How much memory the samples take, roughly.
    var byteCount: Int {
        self.encoder.byteCount + self.late.count * MemoryLayout<Sample>.stride
            + self.closed.reduce(0) { $0 + $1.chunk.bytes.count }
    }

    private mutating func replace(
        _ latest: Sample, with sample: Sample, nextChunkID: inout Int64
    ) {
        if sample.at == latest.at { self.latest = sample }
        if sample.at == latest.at, self.isLatestOpen { return }
        self.late.append(sample)
        if self.late.count >= Self.maxLate { self.close(nextChunkID: &nextChunkID) }
    }

    private mutating func encodeLatest() {
        guard self.isLatestOpen, let latest else { return }
        self.encoder.append(latest)
        self.isLatestOpen = false
    }

    private mutating func add(_ chunk: Chunk, _ nextChunkID: inout Int64) {
        self.closed.append(ClosedChunk(id: nextChunkID, chunk: chunk))
        nextChunkID += 1
    }
}
