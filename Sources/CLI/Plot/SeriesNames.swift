/// Names series by what tells them apart: labels that all share are left out.
struct SeriesNames {
    let texts: [String]

    init(_ series: [MetricSeries]) {
        let first = series.first?.labels ?? [:]
        let shared =
            series.count < 2
            ? [:]
            : first.filter { label in
                series.allSatisfy { $0.labels[label.key] == label.value }
            }
        let isOneMetric = Set(series.map(\.name)).count == 1
        texts = series.map { Self.text($0, without: shared, withName: !isOneMetric) }
    }

    private static func text(
        _ series: MetricSeries, without shared: [String: String], withName: Bool
    ) -> String {
        let labels = series.labels.filter { shared[$0.key] == nil }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ").visibleLine
        guard withName || labels.isEmpty else { return labels }
        return labels.isEmpty ? series.name.visibleLine : "\(series.name.visibleLine) \(labels)"
    }
}
