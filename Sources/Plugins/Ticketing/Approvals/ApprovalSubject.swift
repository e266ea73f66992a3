internal import OpsCore
internal import OpsJSONRPC

/// What is agreed to: the members of a ticket that nobody may change afterwards without asking again.
enum ApprovalSubject {
    /// The SHA-256 of the guarded members, in a form that is the same for the same content.
    static func hash(of ticket: Ticket, in tx: ReadTransaction) throws -> String {
        let items = try tx.links(from: ticket.ref, relation: "affects").map(\.to.description)
        let change = ticket.kind == .change ? try ChangeWriter.load(ticket, in: tx) : nil
        return SHA256.hexadecimal(of: Array(text(ticket, items, change).utf8))
    }

    /// The members as a list of names and values, in an order that stands.
    static func text(_ ticket: Ticket, _ items: [String], _ change: Change?) -> String {
        var members: [(String, JSON)] = [
            ("kind", .string(ticket.kind.rawValue)), ("title", .string(ticket.title)),
            ("description", .string(ticket.description)),
            ("requester", ticket.requester.map(JSON.string) ?? .null),
            ("affects", .array(items.sorted().map(JSON.string))),
        ]
        if let change {
            members += [
                ("type", .string(change.type.rawValue)),
                ("model", change.model.map(JSON.string) ?? .null),
                ("risk", change.risk.map { .string($0.rawValue) } ?? .null),
                ("reason", .string(change.reason)), ("plan", .string(change.plan)),
                ("backout_plan", .string(change.backoutPlan)),
                ("test_plan", .string(change.testPlan)), ("outage", .bool(change.outage)),
                ("window_from", change.windowFrom.map { .string($0.description) } ?? .null),
                ("window_to", change.windowTo.map { .string($0.description) } ?? .null),
            ]
        }
        return JSON.array(members.map { .array([.string($0.0), $0.1]) }).text
    }
}
