/// What identifies a series: its metric's name and its labels.
public struct SeriesKey: Sendable, Hashable, Comparable, Codable {
    /// The label under which matchers find the name.
    public static let nameLabel = "__name__"

    /// The metric's name, such as `host_load1`.
    public let name: String
    /// What tells it apart from other series of that name.
    public let labels: Labels

    /// Puts a key together; whether it is acceptable is checked by `Series.handle`.
    public init(name: String, labels: Labels = Labels()) {
        self.name = name
        self.labels = labels
    }

    /// Orders by name, then by labels.
    public static func < (left: SeriesKey, right: SeriesKey) -> Bool {
        left.name == right.name ? left.labels < right.labels : left.name < right.name
    }
}

extension SeriesKey: CustomStringConvertible {
    /// The selector that finds this series, such as `host_disk_bytes{mount="/"}`.
    public var description: String {
        guard !self.labels.pairs.isEmpty else { return self.name }
        let matchers = self.labels.pairs.map { LabelMatcher($0.name, .equal, $0.value) }
        return self.name + "{" + matchers.map(\.description).joined(separator: ",") + "}"
    }
}
