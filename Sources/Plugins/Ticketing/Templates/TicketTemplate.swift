internal import OpsCore
internal import OpsJSONRPC

/// What is said or asked for again and again: the text of a comment, or a ticket that is filled in.
struct TicketTemplate: Record {
    static let kind = RecordKind(
        "ticket_template", called: "template", methods: "ticket.template", member: "template")

    var ref: Ref
    var name: String
    var description: String
    /// The text of a comment, or the description of a new ticket, with places.
    var body: String
    /// What a new ticket takes of it, as ticket.create takes it.
    var members: JSON.Object
    var createdAt: Instant
    var updatedAt: Instant
    var generation: Int
}

extension TicketTemplate {
    /// What somebody has to say for every ticket, and what the body is.
    private static let foreign: Set = ["title", "description", "source", "template"]

    private static let wishes = FieldSet(CreateTicket.self)

    var text: String { "\(description)\n\(body)" }

    /// Refuses what cannot be, by the member.
    ///
    /// - Throws: `invalid_params`.
    func check(_ fields: CustomFields) throws(RPCError) {
        guard !body.isEmpty || !members.isEmpty else {
            throw .badMember("body", "is required, or members")
        }
        _ = try PlacedText(ofTicket: body, at: "body", fields)
        if let name = members.keys.first(where: Self.foreign.contains) {
            throw .badMember("members.\(name)", "does not come from a template")
        }
        do throws(RPCError) {
            let wish = try Self.draft(members, ["title": "a title"])
            for (name, _) in wish.fields {
                guard let complaint = fields.complaint(aboutName: name) else { continue }
                throw .badMember("fields.\(name)", complaint)
            }
        } catch {
            throw error.moved(under: "members")
        }
    }

    /// A ticket that is asked for with this template; what was given by hand goes before.
    func applied(to given: JSON.Object) throws(RPCError) -> CreateTicket {
        try Self.draft(members, given)
    }

    private static func draft(
        _ members: JSON.Object, _ given: JSON.Object
    ) throws(RPCError) -> CreateTicket {
        var all = members
        for (name, value) in given { all[name] = value }
        return try wishes.decode(all)
    }

    /// The body, filled by a ticket.
    func filled(by ticket: Ticket, _ fields: CustomFields) throws -> String {
        try PlacedText(ofTicket: body, at: "template", fields).filled(by: TicketFacts(ticket))
    }

    /// The body as a comment on a ticket.
    func comment(on ticket: Ticket, _ fields: CustomFields) throws -> String {
        guard !body.isEmpty else {
            throw RPCError.badMember("template", "says nothing: \(ref) has no body")
        }
        let text = try filled(by: ticket, fields)
        guard !text.isBlank else {
            throw RPCError.badMember("template", "says nothing of \(ticket.key): nothing fills it")
        }
        return text
    }

    // MARK: - As a record

    init(row: Row) throws {
        ref = Self.ref(try row.int("id"))
        name = try row.text("name")
        description = try row.text("description")
        body = try row.text("body")
        members = try row.json("members").object ?? [:]
        createdAt = try row.instant("created_at")
        updatedAt = try row.instant("updated_at")
        generation = try row.int("generation")
    }

    func columns(in tx: ReadTransaction) -> KeyValuePairs<String, (any SQLConvertible)?> {
        ["description": description, "body": body, "members": JSON.object(members)]
    }
}
