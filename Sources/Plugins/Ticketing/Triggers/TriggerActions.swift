internal import OpsCore
internal import OpsJSONRPC

/// What a trigger does: it changes members, gives the ticket to somebody, says something, and moves
/// it, in this order.
struct TriggerActions: Codable, Sendable, Equatable {
    var impact: Int?
    var urgency: Int?
    /// Labels to set; an empty text takes one away.
    var labels: [String: String]?
    /// Values of the fields that the settings define; null takes one away.
    var fields: JSON.Object?
    /// The queue; it is kept by its ref, and an empty text takes the ticket out of its queue.
    var queue: String?
    /// Who is to work on it; nobody with an empty text.
    var assignee: String?
    /// Of these people one after the other gets a ticket.
    var inTurn: [String]?
    /// What is said to all who may see the ticket, with places such as `{{ticket.key}}`.
    var message: String?
    /// What is said to those who work on it, with places.
    var note: String?
    /// The state to which it goes.
    var to: TicketState?
    var holdReason: HoldReason?
    /// Of a move that asks for one, with places.
    var resolution: String?
    var resolutionCode: ResolutionCode?

    /// Refuses what cannot be, by the member.
    ///
    /// - Throws: `invalid_params`.
    func check(_ fields: CustomFields) throws(RPCError) {
        for (name, value) in [("impact", impact), ("urgency", urgency)] {
            if let value, !(1...3).contains(value) {
                throw .badMember("actions.\(name)", "must be 1 to 3, not \(value)")
            }
        }
        for (name, _) in self.fields ?? [:] {
            guard let complaint = fields.complaint(aboutName: name) else { continue }
            throw .badMember("actions.fields.\(name)", complaint)
        }
        guard assignee == nil || inTurn == nil else {
            throw .badMember("actions.in_turn", "is there instead of an assignee")
        }
        if let inTurn, inTurn.isEmpty || inTurn.contains("") {
            throw .badMember("actions.in_turn", "must name at least one person, and no nobody")
        }
        try checkTexts(fields)
        try checkMove()
        guard self != TriggerActions() else { throw .badMember("actions", "are missing") }
    }

    private func checkTexts(_ fields: CustomFields) throws(RPCError) {
        for (name, text) in [("message", message), ("note", note), ("resolution", resolution)] {
            guard let text else { continue }
            guard (1...100_000).contains(text.unicodeScalars.count) else {
                throw .badMember("actions.\(name)", "must have 1 to 100000 characters")
            }
            _ = try PlacedText(ofTicket: text, at: "actions.\(name)", fields)
        }
    }

    private func checkMove() throws(RPCError) {
        guard to == nil else { return }
        let members = [
            ("hold_reason", holdReason != nil), ("resolution", resolution != nil),
            ("resolution_code", resolutionCode != nil),
        ]
        guard let given = members.first(where: { $0.1 }) else { return }
        throw .badMember("actions.\(given.0)", "belongs to a move, and there is no to")
    }
}
