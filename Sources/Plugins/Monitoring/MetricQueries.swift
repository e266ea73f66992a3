internal import OpsCore
internal import OpsJSONRPC

/// Answers the questions about metrics out of the series.
struct MetricQueries: Sendable {
    let series: Series
    let time: any TimeSource

    func query(_ params: QueryMetrics) async throws -> QueryMetrics.Result {
        let to = params.to ?? time.now()
        let from = params.from ?? Self.start(of: params, before: to)
        guard from <= to else { throw RPCError.badMember("from", "lies after to") }
        let query = SeriesQuery(
            matchers: try Self.matchers(params.select), from: from, to: to,
            step: params.stepMs.map { .milliseconds($0) }, aggregation: try aggregation(params),
            grouping: try Self.grouping(params))
        return QueryMetrics.Result(
            items: try await Self.answering { try await series.query(query) })
    }

    func series(_ params: ListSeries) async throws -> Page<SeriesKey> {
        let matchers = try params.select.map(Self.matchers) ?? []
        let last = try params.cursor.map(Self.key)
        let limit = params.limit
        let found = try await Self.answering {
            try await series.series(matching: matchers, after: last, limit: limit + 1)
        }
        let page = Array(found.prefix(limit))
        return Page(
            items: page, nextCursor: found.count > limit ? page.last.map(Self.cursor) : nil)
    }

    func labels(_ params: ListLabels) async throws -> ListLabels.Result {
        guard let label = params.label else {
            return ListLabels.Result(items: try await series.labelNames())
        }
        return ListLabels.Result(items: try await series.labelValues(label))
    }

    // MARK: - Reading parameters

    /// Steps of whole minutes begin with one, so that rollups can answer, and so that the same question
    /// asked a little later gets the same steps.
    private static func start(of params: QueryMetrics, before to: Instant) -> Instant {
        let start = to - .milliseconds(params.lastMs)
        guard let step = params.stepMs, step.isMultiple(of: 60_000), start.milliseconds >= 0 else {
            return start
        }
        return Instant(milliseconds: start.milliseconds / Int64(step) * Int64(step))
    }

    private func aggregation(_ params: QueryMetrics) throws(RPCError) -> Aggregation {
        switch params.aggregation {
        case .avg: return .avg
        case .min: return .min
        case .max: return .max
        case .sum: return .sum
        case .count: return .count
        case .last: return .last
        case .rate: return .rate
        case .quantile:
            guard let share = params.quantile else {
                throw .badMember("quantile", "is required for the aggregation quantile")
            }
            return .quantile(share)
        }
    }

    private static func grouping(_ params: QueryMetrics) throws(RPCError) -> SeriesGrouping? {
        guard let across = params.across else {
            guard params.by.isEmpty else { throw .badMember("across", "is required with by") }
            return nil
        }
        guard params.stepMs != nil else { throw .badMember("step_ms", "is required with across") }
        return SeriesGrouping(by: params.by, across)
    }

    static func matchers(_ select: String) throws(RPCError) -> [LabelMatcher] {
        do {
            return try SeriesSelector.parse(select).matchers
        } catch {
            throw .badMember("select", "\(error)")
        }
    }

    /// A cursor is the last series of the page before, written as JSON.
    private static func cursor(_ key: SeriesKey) -> String {
        let labels = JSON.object(JSON.Object(texts: key.labels.dictionary))
        return JSON.array([.string(key.name), labels]).text
    }

    private static func key(_ cursor: String) throws(RPCError) -> SeriesKey {
        guard let json = try? JSON.parse(cursor), let name = json[0]?.string,
            let labels = json[1]?.object
        else { throw .badMember("cursor", "is not a next_cursor of this list") }
        return SeriesKey(name: name, labels: Labels(labels.texts))
    }

    /// Says what is wrong with a question in the caller's terms.
    static func answering<T: Sendable>(
        _ body: () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch let error as SeriesError where error.kind == .tooMuchData {
            throw RPCError.tooLarge(error.message, hint: error.hint)
        } catch let error as SeriesError {
            throw RPCError.badMember(error.kind == .invalidQuery ? "step_ms" : "select", "\(error)")
        }
    }
}
