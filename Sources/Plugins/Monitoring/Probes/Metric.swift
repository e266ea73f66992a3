/// One sample of a series that is stored under its own name, as the host's metrics are.
struct Metric: Sendable, Equatable {
    var name: String
    var labels: [String: String]
    var value: Double

    init(_ name: String, _ labels: [String: String] = [:], _ value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}
