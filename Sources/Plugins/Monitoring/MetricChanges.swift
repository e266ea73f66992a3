internal import OpsCore
internal import OpsJSONRPC

/// Deletes samples and takes old ones.
struct MetricChanges: Sendable {
    let series: Series
    let store: Store
    let time: any TimeSource

    /// A clock that is ahead by more than this is wrong, and its samples would outlive all others.
    private static let maxAhead = Duration.seconds(3600)

    func delete(_ params: DeleteMetrics, for call: Call) async throws -> DeletedSamples {
        let matchers = try MetricQueries.matchers(params.select)
        let from = params.from ?? Instant(milliseconds: .min)
        let to = params.to ?? time.now()
        guard from <= to else { throw RPCError.badMember("from", "lies after to") }
        guard !call.isDryRun else {
            return try await MetricQueries.answering {
                try await series.countSamples(matching: matchers, from: from, to: to)
            }
        }
        let deleted = try await MetricQueries.answering {
            try await series.delete(matching: matchers, from: from, to: to)
        }
        try await call.note(
            "metric.delete", nil,
            before: try [
                "select": .string(params.select), "from": JSON(encoding: params.from),
                "to": JSON(encoding: to), "series": JSON(encoding: deleted.series),
                "samples": JSON(encoding: deleted.samples),
            ], in: store)
        return deleted
    }

    /// Takes all samples, or none when one of them cannot be taken.
    func take(_ params: ImportMetrics, for call: Call) async throws -> ImportMetrics.Result {
        try check(params.items)
        let count = params.items.reduce(0) { $0 + $1.points.count }
        let result = ImportMetrics.Result(series: params.items.count, samples: count)
        guard !call.isDryRun else { return result }
        let samples = try handles(params.items)
        try await series.backfill(samples)
        try await call.note(
            "metric.import", nil, after: try JSON(encoding: result), in: store)
        return result
    }

    private func handles(
        _ items: [SeriesResult]
    ) throws(RPCError) -> [(SeriesHandle, [SeriesPoint])] {
        var samples: [(SeriesHandle, [SeriesPoint])] = []
        for (index, item) in items.enumerated() {
            do {
                samples.append((try series.handle(item.name, item.labels), item.points))
            } catch {
                throw .badMember("items[\(index)]", "\(error)")
            }
        }
        return samples
    }

    private func check(_ items: [SeriesResult]) throws(RPCError) {
        let newest = (time.now() + Self.maxAhead).milliseconds
        var wrong: [RPCError.FieldError] = []
        for (index, item) in items.enumerated() {
            do {
                try series.validate(item.key)
            } catch {
                wrong.append(RPCError.FieldError(path: "items[\(index)]", reason: "\(error)"))
            }
            let oldest = (time.now() - series.retention(of: item.key).samples).milliseconds
            for (number, point) in item.points.enumerated() {
                let path = "items[\(index)].points[\(number)]"
                if point.at < oldest {
                    wrong.append(
                        RPCError.FieldError(path: path, reason: "is older than the retention"))
                } else if point.at > newest {
                    wrong.append(
                        RPCError.FieldError(path: path, reason: "lies more than an hour ahead"))
                }
                // The first ones tell what is wrong; a whole list of them would be no help.
                guard wrong.count < 20 else { throw .badMembers(wrong) }
            }
        }
        guard wrong.isEmpty else { throw .badMembers(wrong) }
    }
}
