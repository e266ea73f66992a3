internal import OpsCore
internal import OpsJSONRPC

/// `ticket.template.create`.
struct CreateTicketTemplate: RecordCreation {
    static let name = "ticket.template.create"
    static let summary = "Creates a template for comments, or for new tickets."
    static let effect = Effect.write
    typealias Result = TicketTemplate

    @Param("The template's unique name.", .positional, .length(1...100), .example("thanks"))
    var name: String
    @Param(
        "The text of a comment, or the description of a new ticket; {{ticket.key}}, "
            + "{{ticket.requester}}, {{ticket.labels.NAME}} and other members are filled.",
        .length(0...100_000))
    var body: String = ""
    @Param(
        "What a new ticket takes of it, by the members of ticket.create.",
        .example(#"{"kind": "request", "queue": "office", "urgency": 2}"#))
    var members: JSON.Object = [:]
    @Param("What it is for.", .length(0...4000))
    var description: String = ""

    func record(in tx: WriteTransaction) throws -> TicketTemplate {
        TicketTemplate(
            ref: try TicketTemplate.nextRef(in: tx), name: name, description: description,
            body: body, members: members, createdAt: tx.now, updatedAt: tx.now, generation: 1)
    }
}

/// `ticket.template.get`.
struct GetTicketTemplate: RecordRequest {
    static let name = "ticket.template.get"
    static let summary = "Shows a template."
    static let effect = Effect.read
    typealias Shown = TicketTemplate
    typealias Result = TicketTemplate

    @Param("The template's ref or name.", .positional)
    var template: String
    var key: String { template }
}

/// `ticket.template.list`.
struct ListTicketTemplates: RecordListing {
    static let name = "ticket.template.list"
    static let summary = "Lists templates by name."
    static let effect = Effect.read
    static let columns = ["name", "description", "body"]
    typealias Listed = TicketTemplate

    @Param("How many templates to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// `ticket.template.update`.
struct UpdateTicketTemplate: RecordChange {
    static let name = "ticket.template.update"
    static let summary = "Changes the given members of a template."
    static let effect = Effect.write
    typealias Result = TicketTemplate

    @Param("The template's ref or name.", .positional)
    var template: String
    @Param("A new name.", .present(.length(1...100)))
    var name: String?
    @Param(
        "The text of a comment, or the description of a new ticket.", .present(.length(0...100_000))
    )
    var body: String?
    @Param("What a new ticket takes of it, all of it.")
    var members: JSON.Object?
    @Param("What it is for.", .present(.length(0...4000)))
    var description: String?
    @Param("The generation that the change is based on; an older one is refused.")
    var generation: Int?
    var key: String { template }

    func change(_ record: inout TicketTemplate, in tx: ReadTransaction) {
        if let name { record.name = name }
        if let body { record.body = body }
        if let members { record.members = members }
        if let description { record.description = description }
    }
}

/// `ticket.template.delete`.
struct DeleteTicketTemplate: RecordDeletion {
    static let name = "ticket.template.delete"
    static let summary = "Deletes a template; what was written with it stays."
    static let effect = Effect.destroy
    typealias Deleted = TicketTemplate
    typealias Result = Done

    @Param("The template's ref or name.", .positional)
    var template: String
    @Param("The generation that the caller has seen; an older one is refused.")
    var generation: Int?
    var key: String { template }
}

/// The methods of templates.
typealias TicketTemplateMethods = RecordMethods<
    CreateTicketTemplate, GetTicketTemplate, ListTicketTemplates, UpdateTicketTemplate,
    DeleteTicketTemplate
>
