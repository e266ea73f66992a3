/// Finds series by their labels.
///
/// A value: a query takes a copy and searches it at leisure while new series are added.
struct SeriesIndex: Sendable {
    /// The texts of all keys.
    var symbols = Symbols()
    /// By the numbers of a label's name and value the series that have it.
    private var postings: [UInt32: [UInt32: Posting]] = [:]
    /// Every id, ascending.
    private(set) var all: [SeriesID] = []

    /// Adds a series; ids have to be added in ascending order.
    mutating func insert(_ key: PackedKey, as id: SeriesID) {
        self.all.append(id)
        let nameLabel = self.symbols.intern(SeriesKey.nameLabel)
        self.postings[nameLabel, default: [:]].add(id, to: key.name)
        key.forEachLabel { self.postings[$0, default: [:]].add(id, to: $1) }
    }

    /// Takes series out.
    mutating func remove(_ removed: [SeriesID: PackedKey]) {
        guard !removed.isEmpty else { return }
        self.all.removeAll { removed[$0] != nil }
        let nameLabel = self.symbols.intern(SeriesKey.nameLabel)
        var values: [UInt32: Set<UInt32>] = [:]
        for key in removed.values {
            values[nameLabel, default: []].insert(key.name)
            key.forEachLabel { values[$0, default: []].insert($1) }
        }
        for (name, values) in values {
            for value in values { self.remove(removed, from: name, value) }
            if self.postings[name]?.isEmpty == true { self.postings[name] = nil }
        }
    }

    private mutating func remove(
        _ removed: [SeriesID: PackedKey], from name: UInt32, _ value: UInt32
    ) {
        let left = (self.postings[name]?[value]?.ids ?? []).filter { removed[$0] == nil }
        self.postings[name]?[value] =
            left.count > 1 ? .many(left) : left.first.map { .one($0) }
    }

    /// The names of all labels, sorted.
    var labelNames: [String] { self.postings.keys.map { self.symbols[$0] }.sorted() }

    /// The values that the label called `name` has, sorted.
    func values(of name: String) -> [String] {
        self.postings(of: name).keys.map { self.symbols[$0] }.sorted()
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

    private func postings(of name: String) -> [UInt32: Posting] {
        self.symbols.number(of: name).flatMap { self.postings[$0] } ?? [:]
    }

    private func ids(of name: String, fulfilling condition: LabelCondition) -> [SeriesID] {
        guard let value = condition.onlyValue else {
            return self.ids(of: name, where: condition.holds)
        }
        return self.symbols.number(of: value).flatMap { self.postings(of: name)[$0]?.ids } ?? []
    }

    private func ids(of name: String, where isWanted: (String) -> Bool) -> [SeriesID] {
        let lists = self.postings(of: name).filter { isWanted(self.symbols[$0.key]) }
            .map(\.value.ids)
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
