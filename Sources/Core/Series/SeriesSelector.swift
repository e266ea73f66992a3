/// A question for series as people write it: `name{label="value",other=~"re.*"}`.
public struct SeriesSelector: Sendable, Hashable, CustomStringConvertible {
    /// What every series has to fulfil; the metric's name is one of them.
    public let matchers: [LabelMatcher]

    /// Takes matchers as they are.
    public init(_ matchers: [LabelMatcher]) {
        self.matchers = matchers
    }

    /// Reads a selector.
    ///
    /// Label values stand in `"` or `'` and know the escapes `\\ \" \' \n \r \t`. A name that is not
    /// made of letters, digits, `_` and `:` is written quoted: `{"my metric"}`. An empty pair of
    /// braces stands for every series.
    ///
    /// - Throws: a `SeriesError` that says what was expected and at which byte.
    public static func parse(_ text: String) throws(SeriesError) -> SeriesSelector {
        var parser = SelectorParser(text)
        return SeriesSelector(try parser.parse())
    }

    /// The selector as text.
    public var description: String {
        "{" + self.matchers.map(\.description).joined(separator: ",") + "}"
    }
}
