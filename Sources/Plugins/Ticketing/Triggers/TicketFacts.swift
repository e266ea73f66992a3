internal import OpsCore
internal import OpsJSONRPC

/// What conditions and the places of texts may ask of a ticket, by name.
///
/// Everything is a text; what is absent is empty.
struct TicketFacts: Sendable {
    /// What a ticket says of itself.
    static let ofTicket = [
        "key", "kind", "title", "description", "state", "hold_reason", "impact", "urgency",
        "priority", "priority_reason", "requester", "assignee", "queue", "channel", "source",
        "resolution", "resolution_code", "root_cause", "workaround", "known_error",
        "reopen_count", "created_at", "updated_at", "resolved_at", "closed_at",
    ]
    /// Those that are times.
    static let times: Set = ["created_at", "updated_at", "resolved_at", "closed_at"]
    /// What is known besides of what happened to it.
    static let ofEvent = ["previous_state", "author", "entry_kind", "comment"]

    private var values: [String: String] = [:]

    /// - Parameter happened: What is known of what happened, by the names of ``ofEvent``.
    init(_ ticket: Ticket, happened: [String: String] = [:]) {
        let members = ticket.json
        for name in Self.ofTicket { values[name] = members[name].map(Self.text) }
        for (name, value) in ticket.labels { values["labels.\(name)"] = value }
        for (name, value) in ticket.fields { values["fields.\(name)"] = Self.text(value) }
        for name in Self.ofEvent { values[name] = happened[name] }
    }

    func value(of name: String) -> String { values[name] ?? "" }

    /// A value as a text: nothing for null.
    static func text(_ value: JSON) -> String {
        value.isNull ? "" : value.string ?? value.text
    }

    /// What is wrong with a name; nil when a ticket may have something under it.
    static func complaint(
        about name: String, _ fields: CustomFields, hasEvent: Bool
    ) -> String? {
        if ofTicket.contains(name) || hasEvent && ofEvent.contains(name) { return nil }
        if name.hasPrefix("labels."), name.count > "labels.".count { return nil }
        if name.hasPrefix("fields.") {
            return fields.complaint(aboutName: String(name.dropFirst("fields.".count)))
        }
        let names = ofTicket + (hasEvent ? ofEvent : []) + ["labels.NAME", "fields.NAME"]
        return "there are \(names.joined(separator: ", "))"
    }
}

extension PlacedText {
    /// Reads a text that a ticket fills: `{{ticket.key}}`, `{{ticket.labels.NAME}}`.
    ///
    /// - Throws: `invalid_params` for a place that no ticket fills.
    init(ofTicket text: String, at path: String, _ fields: CustomFields) throws(RPCError) {
        try self.init(text, at: path) { place in
            guard place.hasPrefix(Self.ticket) else {
                return "places begin with \(Self.ticket), such as ticket.title"
            }
            return TicketFacts.complaint(
                about: String(place.dropFirst(Self.ticket.count)), fields, hasEvent: false)
        }
    }

    func filled(by facts: TicketFacts) -> String {
        filled { facts.value(of: String($0.dropFirst(Self.ticket.count))) }
    }

    private static let ticket = "ticket."
}
