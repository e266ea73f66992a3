internal import OpsCore
internal import OpsJSONRPC

/// What somebody may say of a ticket who only sees the own ones: those that one has asked for.
enum Ownership {
    /// Makes the caller the requester, and refuses what is for those who work on tickets.
    static func restrict(_ wish: inout CreateTicket, to principal: Principal) throws(RPCError) {
        if let requester = wish.requester, requester != principal.name {
            throw .badMember("requester", "can only be \(principal.name)")
        }
        wish.requester = principal.name
        // A source would show a ticket of others that came from the same.
        let members = [
            ("assignee", wish.assignee != nil), ("queue", wish.queue != nil),
            ("priority", wish.priority != nil), ("source", wish.source != nil),
            ("items", !wish.items.isEmpty),
        ]
        try refuse(members)
    }

    /// Refuses what is for those who work on tickets.
    static func restrict(_ wish: CommentTicket) throws(RPCError) {
        try refuse([
            ("note", wish.note), ("work_ms", wish.workMs != nil),
            ("template", wish.template != nil),
        ])
    }

    private static func refuse(_ members: [(name: String, isGiven: Bool)]) throws(RPCError) {
        guard let given = members.first(where: \.isGiven) else { return }
        throw .badMember(given.name, "is for those who work on tickets")
    }
}
