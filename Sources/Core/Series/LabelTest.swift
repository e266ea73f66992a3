/// A selector made ready to be held against labels that are not those of a series.
///
/// A label that is absent counts as the empty text, as it does for series.
public struct LabelTest: Sendable {
    private let conditions: [(name: String, condition: LabelCondition)]

    /// Makes the selector ready.
    ///
    /// - Throws: a `SeriesError` when a regular expression cannot be read.
    public init(_ selector: SeriesSelector) throws(SeriesError) {
        var conditions: [(name: String, condition: LabelCondition)] = []
        for matcher in selector.matchers {
            conditions.append((matcher.name, try LabelCondition(matcher)))
        }
        self.conditions = conditions
    }

    /// Whether the labels fulfil the whole selector.
    public func holds(for labels: [String: String]) -> Bool {
        self.holds { labels[$0] ?? "" }
    }

    /// Whether labels fulfil the whole selector, whose values are asked for by their names.
    func holds(_ value: (String) -> String) -> Bool {
        self.conditions.allSatisfy { $0.condition.holds(for: value($0.name)) }
    }
}
