internal import OpsCore
internal import OpsJSONRPC

/// A member that an installation gives its tickets, an entry of `fields` in the settings.
struct CustomField: Declared {
    /// What a value looks like.
    enum ValueType: String, Codable, CaseIterable, Sendable {
        case text, number, boolean, date, choice

        /// Whether its values are texts.
        var isText: Bool { self != .number && self != .boolean }
    }

    @Param("The field's name, in snake_case.", .length(1...64), .example("cost_center"))
    var name: String
    @Param("What its values are.")
    var type: ValueType = .text
    @Param("The kinds of ticket that have it; all when left out.")
    var kinds: [TicketKind] = []
    @Param("Whether a ticket needs it from the beginning.")
    var required: Bool = false
    @Param("What may be chosen, of a choice.")
    var options: [String] = []

    func belongs(to kind: TicketKind) -> Bool { kinds.isEmpty || kinds.contains(kind) }

    /// What is wrong with a value; nil when nothing is.
    func complaint(about value: JSON) -> String? {
        switch type {
        case .text: value.string == nil ? "must be a text" : nil
        case .number: value.double == nil ? "must be a number" : nil
        case .boolean: value.bool == nil ? "must be true or false" : nil
        case .date:
            value.string.flatMap { Instant("\($0)T00:00:00Z") } == nil
                ? "must be a date such as 2026-03-31" : nil
        case .choice:
            options.contains(value.string ?? "")
                ? nil : "must be one of \(options.joined(separator: ", "))"
        }
    }

    /// What is wrong with the definition itself.
    var mistake: (member: String, reason: String)? {
        let isName = name.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
        }
        guard isName else { return ("name", "must be lower-case letters, digits and underscores") }
        if type == .choice, options.isEmpty { return ("options", "are required for a choice") }
        if type != .choice, !options.isEmpty { return ("options", "belong to a choice") }
        return nil
    }
}
