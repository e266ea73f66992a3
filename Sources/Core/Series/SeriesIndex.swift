/// Finds series by their labels.
///
/// A value: a query takes a copy and searches it at leisure while new series are added.
struct SeriesIndex: Sendable {
    /// By label name and value the ids of the series that have it, ascending.
    private var postings: [String: [String: [SeriesID]]] = [:]
    /// Every id, ascending.
    private(set) var all: [SeriesID] = []

    /// Adds a series; ids have to be added in ascending order.
    mutating func insert(_ key: SeriesKey, as id: SeriesID) {
        self.all.append(id)
        for label in Self.labels(of: key) {
            self.postings[label.name, default: [:]][label.value, default: []].append(id)
        }
    }

    /// Takes series out.
    mutating func remove(_ removed: [SeriesID: SeriesKey]) {
        self.all.removeAll { removed[$0] != nil }
        for label in Set(removed.values.flatMap(Self.labels)) {
            var ids = self.postings[label.name]?[label.value] ?? []
            ids.removeAll { removed[$0] != nil }
            self.postings[label.name]?[label.value] = ids.isEmpty ? nil : ids
            if self.postings[label.name]?.isEmpty == true { self.postings[label.name] = nil }
        }
    }

    private static func labels(of key: SeriesKey) -> [Labels.Label] {
        key.labels.pairs + [Labels.Label(name: SeriesKey.nameLabel, value: key.name)]
    }

    /// The names of all labels, sorted.
    var labelNames: [String] { self.postings.keys.sorted() }

    /// The values that the label called `name` has, sorted.
    func values(of name: String) -> [String] {
        self.postings[name, default: [:]].keys.sorted()
    }

    /// The ids of the series that fulfil all matchers, ascending.
    func ids(matching matchers: [LabelMatcher]) throws(SeriesError) -> [SeriesID] {
        var found: [SeriesID]?
        var excluded: [[SeriesID]] = []
        for matcher in matchers {
            let condition = try LabelCondition(matcher)
            if condition.holds(for: "") {
                // Series without the label fulfil it, so it is easier to tell who does not.
                excluded.append(self.ids(of: matcher.name) { !condition.holds(for: $0) })
            } else {
                let ids = self.ids(of: matcher.name, fulfilling: condition)
                found = found.map { Self.intersection($0, ids) } ?? ids
            }
        }
        return excluded.reduce(found ?? self.all, Self.difference)
    }

    // MARK: - Lists of ids

    private func ids(of name: String, fulfilling condition: LabelCondition) -> [SeriesID] {
        if let value = condition.onlyValue { return self.postings[name]?[value] ?? [] }
        return self.ids(of: name, where: condition.holds)
    }

    private func ids(of name: String, where isWanted: (String) -> Bool) -> [SeriesID] {
        let lists = self.postings[name, default: [:]].filter { isWanted($0.key) }.values
        // A series has one value of a label, so no id stands in two of the lists.
        guard lists.count > 1 else { return lists.first ?? [] }
        return lists.flatMap { $0 }.sorted()
    }

    private static func intersection(_ left: [SeriesID], _ right: [SeriesID]) -> [SeriesID] {
        var result: [SeriesID] = []
        var other = right[...]
        for id in left {
            other = other.drop { $0 < id }
            if other.first == id { result.append(id) }
        }
        return result
    }

    private static func difference(_ left: [SeriesID], _ right: [SeriesID]) -> [SeriesID] {
        guard !right.isEmpty else { return left }
        var other = right[...]
        return left.filter { id in
            other = other.drop { $0 < id }
            return other.first != id
        }
    }
}
