internal import OpsCore
internal import OpsJSONRPC

/// A ticket that is not stored yet, with all that can be worked out before it has a key.
///
/// Of thousands that come, most is done before the write begins, which others wait for.
struct TicketDraft: Sendable {
    let ticket: Ticket
    /// The values of the columns that change with the ticket.
    let values: [SQLValue]
    /// What it is found by, but for its key.
    let text: SearchText
    /// What the audit log keeps of it, but for what it is called.
    let audited: JSONText

    init(_ ticket: Ticket) {
        self.ticket = ticket
        values = ticket.values
        // Nobody has said anything about a ticket that is just opened.
        text = SearchText(ticket.document(saying: []))
        audited = JSONText(.object(ticket.unnamed))
    }
}
