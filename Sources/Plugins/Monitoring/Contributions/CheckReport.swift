internal import OpsCore
internal import OpsJSONRPC

/// How some checks stand, in the words of a page about what they look at.
struct CheckReport: Sendable {
    /// One check, as far as the page shows it.
    struct Entry: Sendable, Equatable {
        var ref: Ref
        var name: String
        var type: String
        var state: CheckState
        var stateType: StateType
        var output: String
        var since: Instant?
        var isInMaintenance = false

        /// Whether something is wrong, or seems so at first.
        var isFailing: Bool { state.isProblem }
    }

    /// The worst first, then by name.
    let failing: [Entry]
    let total: Int

    init(_ entries: [Entry]) {
        total = entries.count
        failing = entries.filter(\.isFailing).sorted {
            ($1.state.severity, $0.name) < ($0.state.severity, $1.name)
        }
    }

    /// Nil when there are no checks to speak of.
    func contribution(to subject: Ref, limit: Int) -> Contribution? {
        guard total > 0 else { return nil }
        let checks = "\(total) check\(total == 1 ? "" : "s")"
        return Contribution(
            to: subject, "checks",
            title: failing.isEmpty
                ? "\(checks), none fails" : "\(failing.count) of \(checks) failing",
            lines: failing.prefix(limit).map(Self.line), more: max(failing.count - limit, 0))
    }

    private static func line(_ entry: Entry) -> Contribution.Line {
        let since = entry.since.map { " since \($0)" } ?? ""
        let soft = entry.stateType == .soft ? ", not confirmed yet" : ""
        let planned = entry.isInMaintenance ? ", in maintenance" : ""
        var data: JSON.Object = [
            "name": .string(entry.name), "type": .string(entry.type),
            "state": .string(entry.state.rawValue),
            "state_type": .string(entry.stateType.rawValue), "output": .string(entry.output),
            "in_maintenance": .bool(entry.isInMaintenance),
        ]
        data["since"] = entry.since.map { .string($0.description) }
        return .init(
            "\(entry.name): \(entry.state.rawValue)\(since)\(soft)\(planned): \(entry.output)",
            ref: entry.ref, data: data)
    }
}

/// How a metric went over a time.
struct MetricSummary: Sendable, Equatable {
    var min: Double
    var avg: Double
    var max: Double
    var last: Double

    /// Nil where there is no number among the points.
    init?(_ points: [SeriesPoint]) {
        let values = points.map(\.value).filter(\.isFinite)
        guard let last = values.last, let min = values.min(), let max = values.max() else {
            return nil
        }
        self.min = min
        self.max = max
        self.last = last
        // Divided first: the sum of large numbers is infinite, and their mean is not.
        let count = Double(values.count)
        avg = values.reduce(0) { $0 + $1 / count }
    }

    func line(_ result: SeriesResult, of check: Ref) -> Contribution.Line {
        let labels = result.labels.dictionary.filter { $0.key != "check" }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let name = labels.isEmpty ? result.name : "\(result.name){\(labels)}"
        let figures = [("min", min), ("avg", avg), ("max", max), ("last", last)]
        let said = figures.map { "\($0) \(Readable.number($1))" }.joined(separator: ", ")
        var data: JSON.Object = [
            "name": .string(result.name),
            "labels": .object(JSON.Object(texts: result.labels.dictionary)),
        ]
        for (name, value) in figures { data[name] = .number(JSON.Number(value)) }
        return .init("\(name): \(said)", ref: check, data: data)
    }
}
