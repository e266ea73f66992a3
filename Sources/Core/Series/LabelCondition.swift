/// A matcher made ready to be asked for many values.
struct LabelCondition: Sendable {
    private let matcher: LabelMatcher
    private let pattern: LabelPattern?

    init(_ matcher: LabelMatcher) throws(SeriesError) {
        self.matcher = matcher
        switch matcher.operation {
        case .equal, .notEqual: self.pattern = nil
        case .matches, .doesNotMatch: self.pattern = try LabelPattern(matcher.value)
        }
    }

    /// The one value that fulfils the condition, when it is that simple.
    var onlyValue: String? { self.matcher.operation == .equal ? self.matcher.value : nil }

    func holds(for value: String) -> Bool {
        switch self.matcher.operation {
        case .equal: value == self.matcher.value
        case .notEqual: value != self.matcher.value
        // Of a value that is too long to be judged neither is known, so neither holds.
        case .matches: self.pattern?.matches(value) == true
        case .doesNotMatch: self.pattern?.matches(value) == false
        }
    }
}
