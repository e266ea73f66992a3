internal import OpsCore
internal import OpsJSONRPC

/// Reads the figures of a rule out of the series; nothing of it runs on the loop.
struct RuleReader: Sendable {
    let series: Series
    let loop: EventLoop

    /// The figures at an instant, by labels.
    ///
    /// - Throws: `too_large` when there are more than the rule allows, and what the series throw.
    func readings(of rule: RuleDefinition, at instant: Instant) async throws -> [Labels: Double] {
        let left = try await results(of: rule.query, at: instant)
        let right: [SeriesResult]?
        if let other = rule.otherQuery {
            right = try await results(of: other, at: instant)
        } else {
            right = nil
        }
        return try await loop.workers.run {
            try Self.readings(of: rule, left, right)
        }
    }

    private func results(of query: RuleQuery, at instant: Instant) async throws -> [SeriesResult] {
        let end = instant - .milliseconds(query.offsetMs)
        // The window holds its end and not its start, so that windows in a row share no sample.
        return try await series.query(
            SeriesQuery(
                matchers: try SeriesSelector.parse(query.select).matchers,
                from: end - .milliseconds(query.windowMs - 1), to: end,
                step: .milliseconds(query.windowMs),
                aggregation: try Aggregation(
                    named: query.aggregation.rawValue, quantile: query.quantile)))
    }

    static func readings(
        of rule: RuleDefinition, _ left: [SeriesResult], _ right: [SeriesResult]?
    ) throws -> [Labels: Double] {
        var figures = figures(left)
        if let across = rule.across { figures = RuleMath.joined(figures, across, by: rule.by) }
        if let right {
            var others = Self.figures(right)
            if let across = rule.across { others = RuleMath.joined(others, across, by: rule.by) }
            figures = RuleMath.combined(figures, others, rule.combine)
        }
        guard figures.count <= rule.maxInstances else {
            throw RPCError.tooLarge(
                "The rule sees \(figures.count) sets of labels; its limit is \(rule.maxInstances).",
                hint: "Add matchers, join series with across and by, or raise max_instances.")
        }
        return figures
    }

    /// One figure a series.
    ///
    /// Series of several metrics keep the metric's name as a label.
    private static func figures(_ results: [SeriesResult]) -> [Labels: Double] {
        let isOneMetric = results.allSatisfy { $0.name == results.first?.name }
        var figures: [Labels: Double] = [:]
        for result in results {
            guard let point = result.points.last else { continue }
            var labels = result.labels
            if !isOneMetric {
                labels = Labels(
                    labels.dictionary.merging([SeriesKey.nameLabel: result.name]) { $1 })
            }
            figures[labels] = point.value
        }
        return figures
    }
}
