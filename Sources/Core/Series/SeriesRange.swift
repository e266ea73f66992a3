import OpsJSONRPC

/// The checked range of a query, and how its samples become points.
struct SeriesRange: Sendable {
    let from: Int64
    let to: Int64
    let step: Int64?
    let aggregation: Aggregation
    /// Whether the series become fewer.
    let isGrouped: Bool
    private let limit: Int

    init(_ query: SeriesQuery, limit: Int) throws(SeriesError) {
        self.from = query.from.milliseconds
        self.to = query.to.milliseconds
        self.step = query.step?.milliseconds
        self.aggregation = query.aggregation
        self.isGrouped = query.grouping != nil
        self.limit = limit
        try self.validate()
        guard query.grouping == nil || self.step != nil else {
            throw SeriesError(
                .invalidQuery, "Series become one a step at a time, so there has to be a step")
        }
    }

    /// How many steps the range has.
    var steps: Int { self.step.map { Int((self.to - self.from) / $0) + 1 } ?? 0 }

    /// How many series may have a point in each step before there are more than the limit.
    var seriesAtOnce: Int { max(1, self.limit / max(1, self.steps)) }

    /// The number of the step in which an instant lies.
    func step(of at: Int64) -> Int { self.step.map { Int((at - self.from) / $0) } ?? 0 }

    /// When a step begins.
    func start(ofStep number: Int) -> Int64 { self.from + Int64(number) * (self.step ?? 0) }

    /// The last instant of a step.
    func end(ofStep number: Int) -> Int64 {
        let (end, isTooLate) = self.start(ofStep: number).addingReportingOverflow(
            (self.step ?? 1) - 1)
        return isTooLate ? .max : end
    }

    private func validate() throws(SeriesError) {
        try self.aggregation.validate()
        guard self.from <= self.to else {
            throw SeriesError(.invalidQuery, "The range ends before it begins")
        }
        guard let step else { return }
        guard step >= 1 else {
            throw SeriesError(.invalidQuery, "The step must be at least one millisecond")
        }
        let (length, isTooLong) = self.to.subtractingReportingOverflow(self.from)
        guard !isTooLong, length / step < Int64(self.limit) else {
            throw SeriesError(
                .tooMuchData, "The range has more steps than the limit of \(self.limit)",
                hint: "use a longer step or a shorter range")
        }
    }

    /// The samples as they are, or one point a bucket.
    func points(of samples: [Sample]) -> [SeriesPoint] {
        guard let step else {
            return samples.map { SeriesPoint(at: $0.at, value: $0.value) }
        }
        var buckets = BucketAggregator(from: self.from, step: step, aggregation: self.aggregation)
        for sample in samples { buckets.add(sample) }
        return buckets.finish()
    }

    func checkLimit(_ points: Int) throws(SeriesError) {
        guard points <= self.limit else {
            throw SeriesError(
                .tooMuchData, "The answer has more points than the limit of \(self.limit)",
                hint: "use a longer step, a shorter range or more matchers")
        }
    }
}
