internal import OpsCore
internal import OpsPattern

/// A selector made ready to be asked for many series: `node_cpu_.*{mode!="idle"}`.
struct SeriesFilter: Sendable {
    private enum Wish: Sendable {
        case equal(String)
        case match(Pattern)

        func isMet(by value: String) -> Bool {
            switch self {
            case .equal(let text): value == text
            case .match(let pattern): pattern.isWhole(value)
            }
        }
    }

    private struct Condition: Sendable {
        var label: String
        var wish: Wish
        var isNegative: Bool
    }

    private let conditions: [Condition]

    /// Reads a selector.
    ///
    /// - Throws: an error whose description says what is wrong.
    init(_ text: String) throws {
        conditions = try SeriesSelector.parse(text).matchers.map { matcher in
            let isPattern = [.matches, .doesNotMatch].contains(matcher.operation)
            return Condition(
                label: matcher.name,
                wish: isPattern ? .match(try Pattern(matcher.value)) : .equal(matcher.value),
                isNegative: [.notEqual, .doesNotMatch].contains(matcher.operation))
        }
    }

    /// Whether it selects the series; a label that the series has not is empty.
    func selects(_ series: ExpositionSeries) -> Bool {
        conditions.allSatisfy { condition in
            let isName = condition.label == SeriesKey.nameLabel
            let value = isName ? series.name : series.labels[condition.label] ?? ""
            return condition.wish.isMet(by: value) != condition.isNegative
        }
    }
}
