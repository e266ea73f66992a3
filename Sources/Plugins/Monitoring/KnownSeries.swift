internal import OpsCore

/// The series of one check's results, looked up once.
///
/// The results of a check mostly have the same measurements. To build the labels of their series and
/// to look these up takes longer than to append the samples.
final class KnownSeries: Sendable {
    private struct Value: Sendable {
        let label: String
        let unit: String
        let handle: SeriesHandle?
    }

    private struct Named: Sendable {
        let name: String
        let labels: [String: String]
        let handle: SeriesHandle?
    }

    private let state: SeriesHandle?
    private let duration: SeriesHandle?
    private let values: [Value]
    private let metrics: [Named]

    /// Whether none is missing because it was refused.
    var isComplete: Bool {
        state != nil && duration != nil && values.allSatisfy { $0.handle != nil }
            && metrics.allSatisfy { $0.handle != nil }
    }

    /// Looks the series of a result up, by `find`, which answers nil for one that is refused.
    init(
        of result: CheckResult, _ check: String, by find: (String, Labels) -> SeriesHandle?
    ) {
        state = find("check_state", ["check": check])
        duration = find("check_duration_seconds", ["check": check])
        values = result.measurements.map { measurement in
            let labels = ["check": check, "label": measurement.label, "unit": measurement.unit]
            return Value(
                label: measurement.label, unit: measurement.unit,
                handle: find("check_value", Labels(labels)))
        }
        metrics = result.metrics.map { metric in
            var labels = metric.labels
            labels["check"] = check
            return Named(
                name: metric.name, labels: metric.labels, handle: find(metric.name, Labels(labels)))
        }
    }

    /// The samples of a result; nil when it has other series.
    func samples(of result: CheckResult) -> [(SeriesHandle, Double)]? {
        guard result.measurements.count == values.count, result.metrics.count == metrics.count
        else { return nil }
        var samples: [(SeriesHandle, Double)] = []
        samples.reserveCapacity(2 + values.count + metrics.count)
        func add(_ handle: SeriesHandle?, _ value: Double?) {
            if let handle, let value, value.isFinite { samples.append((handle, value)) }
        }
        add(state, result.state.code)
        add(duration, result.duration.seconds)
        for (known, measurement) in zip(values, result.measurements) {
            guard known.label == measurement.label, known.unit == measurement.unit else {
                return nil
            }
            add(known.handle, measurement.value)
        }
        for (known, metric) in zip(metrics, result.metrics) {
            guard known.name == metric.name, known.labels == metric.labels else { return nil }
            add(known.handle, metric.value)
        }
        return samples
    }
}

extension CheckState {
    /// The state as a number, as Nagios plugins exit with it.
    fileprivate var code: Double {
        switch self {
        case .ok: 0
        case .warning: 1
        case .critical: 2
        case .unknown, .pending: 3
        }
    }
}
