internal import OpsCore
internal import OpsJSONRPC

/// How a ticket is found.
extension TicketWriter {
    static func load(_ key: String, in tx: ReadTransaction) throws -> Ticket? {
        try tx.row("\(select) WHERE t.key = ?", key).map(Ticket.init(row:))
    }

    static func load(source: String, in tx: ReadTransaction) throws -> Ticket? {
        try tx.row("\(select) WHERE t.source = ?", source).map(Ticket.init(row:))
    }

    /// The number behind a key, by which other tables know the ticket.
    static func id(of key: String, in tx: ReadTransaction) throws -> Int {
        try tx.row("SELECT id FROM ticketing_ticket WHERE key = ?", key)?.int("id") ?? 0
    }

    /// The ticket of a key such as `INC-142`, in any case, or of a ref, where the caller may see it.
    static func ticket(_ text: String, for call: Call, in tx: ReadTransaction) throws -> Ticket {
        let ticket = try find(text, in: tx)
        // Who may not see it is told the same as when it is not there.
        guard !call.seesOwnOnly || ticket.requester == call.principal.name else {
            throw missing(text)
        }
        return ticket
    }

    /// The ticket of a key or a ref, for methods that nobody has who sees the own tickets only.
    static func find(_ text: String, in tx: ReadTransaction) throws -> Ticket {
        let ref = Ref(text)
        let key = ref?.noun == "ticket" ? ref?.key ?? text : text
        guard let ticket = try load(key.uppercased(), in: tx) else { throw missing(text) }
        return ticket
    }

    /// The ticket of a key that is known to be one.
    static func existing(_ key: String, in tx: ReadTransaction) throws -> Ticket {
        guard let ticket = try load(key, in: tx) else { throw missing(key) }
        return ticket
    }

    private static func missing(_ text: String) -> RPCError {
        .notFound(
            "There is no ticket \"\(text)\".", hint: "ticket.list shows those that there are.")
    }

    /// The place that a cursor names in a list that goes by numbers.
    static func number(ofCursor text: String?) throws(RPCError) -> Int {
        guard let text else { return 0 }
        guard let number = Int(text) else {
            throw .badMember("cursor", "is none of this method")
        }
        return number
    }
}
