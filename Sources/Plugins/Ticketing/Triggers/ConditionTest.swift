internal import OpsCore
internal import OpsJSONRPC

/// A condition of a trigger, made ready to be held against many tickets.
///
/// A value that is given as a number is compared with numbers, and one that is a time with times, as
/// far as the ticket has such; all else are texts. What a ticket does not have is less than nothing
/// and more than nothing: no order holds for it.
struct ConditionTest: Sendable {
    private enum Test: Sendable {
        case text(LabelTest)
        case number(Double)
        case time(Instant)
        /// An expression that was refused when it was written holds for nothing.
        case never
    }

    let condition: TriggerCondition
    private let test: Test

    init(_ condition: TriggerCondition) {
        self.condition = condition
        test = (try? Self.test(condition)) ?? .never
    }

    func holds(for facts: TicketFacts) -> Bool {
        let value = facts.value(of: condition.field)
        return switch test {
        case .text(let test): test.holds(for: [condition.field: value])
        case .number(let wanted): holds(Double(value), wanted)
        case .time(let wanted): holds(Self.time(value), wanted)
        case .never: false
        }
    }

    private func holds<Value: Comparable>(_ value: Value?, _ wanted: Value) -> Bool {
        guard let value else { return condition.comparison == .notEqual }
        return switch condition.comparison {
        case .equal: value == wanted
        case .notEqual: value != wanted
        case .less: value < wanted
        case .lessOrEqual: value <= wanted
        case .greater: value > wanted
        case .greaterOrEqual: value >= wanted
        case .matches, .doesNotMatch: false
        }
    }

    // MARK: - Making ready

    /// - Throws: a `SeriesError` for an expression that cannot be read, or an order of what has none.
    static func check(_ condition: TriggerCondition) throws(SeriesError) {
        _ = try test(condition)
    }

    private static func test(_ condition: TriggerCondition) throws(SeriesError) -> Test {
        let operation: LabelMatcher.Operation
        switch condition.comparison {
        case .matches: operation = .matches
        case .doesNotMatch: operation = .doesNotMatch
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            if let number = condition.value.double { return .number(number) }
            if let wanted = condition.value.string.flatMap(time),
                TicketFacts.times.contains(condition.field) || condition.comparison.isOrder
            {
                return .time(wanted)
            }
            guard !condition.comparison.isOrder else {
                throw SeriesError(
                    .invalidSelector,
                    "must be a number or a time: texts are neither less nor more")
            }
            operation = condition.comparison == .equal ? .equal : .notEqual
        }
        let matcher = LabelMatcher(condition.field, operation, condition.wanted)
        return .text(try LabelTest(SeriesSelector([matcher])))
    }

    /// A time, or a day from its beginning on.
    private static func time(_ text: String) -> Instant? {
        Instant(text) ?? (text.utf8.count == 10 ? Instant("\(text)T00:00:00Z") : nil)
    }
}
