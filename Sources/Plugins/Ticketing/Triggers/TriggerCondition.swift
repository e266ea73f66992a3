internal import OpsCore
internal import OpsJSONRPC

/// What a ticket has to be for a trigger: a member, compared with the words of all selectors.
struct TriggerCondition: Codable, Sendable, Equatable {
    /// How value and member are compared.
    enum Operator: String, Codable, CaseIterable, Sendable {
        case equal = "="
        case notEqual = "!="
        /// The whole text matches the regular expression.
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    /// Such as `priority`, `labels.env`, `fields.cost_center`; of an event `previous_state`.
    var field: String
    /// `=` when it is absent.
    var `operator`: Operator?
    /// A text, a number, or true or false; a member that is absent is the empty text.
    var value: JSON

    /// In a sentence: `priority =~ "1|2"`.
    var text: String { "\(field) \((self.operator ?? .equal).rawValue) \"\(wanted)\"" }

    private var wanted: String { TicketFacts.text(value) }

    /// - Throws: `invalid_params` by the place in the list.
    func check(_ path: String, _ fields: CustomFields) throws(RPCError) {
        if let complaint = TicketFacts.complaint(about: field, fields, hasEvent: true) {
            throw .badMember("\(path).field", "is \"\(field)\"; \(complaint)")
        }
        guard value.object == nil, value.array == nil else {
            throw .badMember("\(path).value", "must be a text, a number, or true or false")
        }
        do throws(SeriesError) {
            _ = try test
        } catch {
            throw .badMember("\(path).value", error.message)
        }
    }

    func holds(for facts: TicketFacts) -> Bool {
        // An expression that was refused when it was written holds for nothing.
        (try? test)?.holds(for: [field: facts.value(of: field)]) ?? false
    }

    private var test: LabelTest {
        get throws(SeriesError) {
            let operation: LabelMatcher.Operation =
                switch self.operator ?? .equal {
                case .equal: .equal
                case .notEqual: .notEqual
                case .matches: .matches
                case .doesNotMatch: .doesNotMatch
                }
            return try LabelTest(SeriesSelector([LabelMatcher(field, operation, wanted)]))
        }
    }
}
