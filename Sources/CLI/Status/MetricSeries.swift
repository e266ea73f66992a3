import OpsJSONRPC

/// One series of `metric.query`'s answer.
struct MetricSeries: Equatable {
    struct Point: Equatable {
        var at: Int64
        var value: Double
    }

    var name: String
    var labels: [String: String]
    var points: [Point]

    init(name: String = "", labels: [String: String], points: [Point]) {
        self.name = name
        self.labels = labels
        self.points = points
    }

    init(_ item: JSON) {
        name = item["name"]?.string ?? ""
        labels = (item["labels"]?.object ?? [:]).reduce(into: [:]) {
            $0[$1.key] = $1.value.string ?? $1.value.text
        }
        points = (item["points"]?.array ?? []).compactMap { point in
            guard let at = point[0]?.int, let value = point[1]?.double, abs(value) < 1e100 else {
                return nil
            }
            return Point(at: Int64(at), value: value)
        }
    }

    static func all(_ answer: JSON) -> [MetricSeries] {
        (answer["items"]?.array ?? []).map(MetricSeries.init).filter { !$0.points.isEmpty }
    }

    var last: Double? { points.last?.value }

    /// The points of both series at the same moments, put together by a formula.
    func combined(
        with other: MetricSeries, _ formula: (Double, Double) -> Double
    ) -> MetricSeries {
        let values = Dictionary(
            other.points.map { ($0.at, $0.value) }, uniquingKeysWith: { _, last in last })
        let points = points.compactMap { point in
            values[point.at].map { Point(at: point.at, value: formula(point.value, $0)) }
        }
        return MetricSeries(name: name, labels: labels, points: points)
    }

    /// The series as columns over a span of time; nil where nothing was measured.
    func columns(_ count: Int, from: Int64, to: Int64) -> [Double?] {
        var columns = [Double?](repeating: nil, count: count)
        for point in points where point.at >= from && point.at <= to {
            let index = Int((point.at - from) * Int64(count) / max(1, to - from))
            columns[min(count - 1, index)] = point.value
        }
        return columns
    }
}
