/// Turns samples in order of time into one point a bucket.
///
/// A bucket starts at `from` plus a whole number of steps and ends before the next one starts.
/// Buckets without a usable sample give no point.
struct BucketAggregator {
    private let from: Int64
    private let step: Int64
    private let aggregation: Aggregation
    private var points: [SeriesPoint] = []
    private var bucket: Int64 = 0
    private var values = BucketValues()
    /// The newest usable sample, which also opens the next bucket's first interval of a rate.
    private var previous: Sample?

    init(from: Int64, step: Int64, aggregation: Aggregation) {
        self.from = from
        self.step = step
        self.aggregation = aggregation
    }

    /// Takes a sample that is not older than `from` and not older than the one before it.
    mutating func add(_ sample: Sample) {
        guard !sample.value.isNaN else { return }
        let bucket = (sample.at - self.from) / self.step
        if bucket != self.bucket {
            self.close()
            self.bucket = bucket
        }
        self.values.add(sample, after: self.previous, aggregation: self.aggregation)
        self.previous = sample
    }

    /// The points, once every sample was added.
    mutating func finish() -> [SeriesPoint] {
        self.close()
        return self.points
    }

    private mutating func close() {
        defer { self.values = BucketValues() }
        guard let value = self.values.result(of: self.aggregation) else { return }
        self.points.append(SeriesPoint(at: self.from + self.bucket * self.step, value: value))
    }
}
