internal import OpsCore
internal import OpsJSONRPC

/// What a ticket has to be for a trigger: a member, compared with the words of all selectors, or by
/// order.
struct TriggerCondition: Codable, Sendable, Equatable {
    /// How value and member are compared.
    enum Operator: String, Codable, CaseIterable, Sendable {
        case equal = "="
        case notEqual = "!="
        /// The whole text matches the regular expression.
        case matches = "=~"
        case doesNotMatch = "!~"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        /// Whether it asks what is more.
        var isOrder: Bool {
            switch self {
            case .equal, .notEqual, .matches, .doesNotMatch: false
            case .less, .lessOrEqual, .greater, .greaterOrEqual: true
            }
        }
    }

    /// Such as `priority`, `labels.env`, `fields.cost_center`; of an event `previous_state`.
    var field: String
    /// `=` when it is absent.
    var `operator`: Operator?
    /// A text, a number, or true or false; a member that is absent is the empty text.
    ///
    /// With a number the member is compared as one.
    var value: JSON

    /// In a sentence: `priority =~ "1|2"`.
    var text: String { "\(field) \(comparison.rawValue) \"\(wanted)\"" }

    var comparison: Operator { self.operator ?? .equal }

    /// The value as a text.
    var wanted: String { TicketFacts.text(value) }

    /// - Throws: `invalid_params` by the place in the list.
    func check(_ path: String, _ fields: CustomFields) throws(RPCError) {
        if let complaint = TicketFacts.complaint(about: field, fields, hasEvent: true) {
            throw .badMember("\(path).field", "is \"\(field)\"; \(complaint)")
        }
        guard value.object == nil, value.array == nil else {
            throw .badMember("\(path).value", "must be a text, a number, or true or false")
        }
        do throws(SeriesError) {
            try ConditionTest.check(self)
        } catch {
            throw .badMember("\(path).value", error.message)
        }
    }
}
