internal import OpsCore
internal import OpsJSONRPC

/// Adds a file to a ticket: `ticket.attach`.
struct AttachToTicket: Method {
    static let name = "ticket.attach"
    static let summary = "Adds a file to a ticket."
    static let effect = Effect.write
    static let mindsOwner = true
    typealias Result = Attachment

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("The file's name.", .positional, .length(1...255), .example("screen.png"))
    var name: String
    @Param(
        "The file's bytes in base64.",
        .file("application/octet-stream", encoding: FileContent.encoding), .example("aGVsbG8K"))
    var content: String
    @Param("What kind of file.", .length(1...100))
    var mediaType: String = "application/octet-stream"
    @Param("Only for those who work on the ticket.")
    var note: Bool = false
}

/// Lists a ticket's files: `ticket.attachment.list`.
struct ListAttachments: Method {
    static let name = "ticket.attachment.list"
    static let summary = "Lists a ticket's files, the oldest first."
    static let effect = Effect.read
    static let mindsOwner = true
    static let columns = ["ref", "name", "media_type", "size", "author", "created_at"]
    typealias Result = Page<Attachment>

    @Param("The ticket's key or ref.", .positional)
    var ticket: String
    @Param("How many files to answer at most.", .range(1...1000))
    var limit: Int = 100
    @Param("Where to go on: next_cursor of the page before.")
    var cursor: String?
}

/// Shows a file with its content: `ticket.attachment.get`.
struct GetAttachment: Method {
    static let name = "ticket.attachment.get"
    static let summary = "Shows a ticket's file with its content."
    static let effect = Effect.read
    static let mindsOwner = true
    typealias Result = AttachmentContent

    @Param("The file's ref.", .positional, .example("attachment:7"))
    var attachment: Ref
}

/// Takes a file away: `ticket.attachment.delete`.
struct DeleteAttachment: Method {
    static let name = "ticket.attachment.delete"
    static let summary = "Takes a file away from its ticket; content that no ticket has goes too."
    static let effect = Effect.destroy
    typealias Result = Done

    @Param("The file's ref.", .positional)
    var attachment: Ref
}
